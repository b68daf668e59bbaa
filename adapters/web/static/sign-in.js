document.getElementById("refused").hidden = location.search !== "?refused";
