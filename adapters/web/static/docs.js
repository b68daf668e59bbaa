import { element } from "./dom.js";

const text = (tag, content) => element(tag, {}, content);

function parameter({ name, required, description, schema }) {
  const kind = [schema.type, required ? "required" : `default ${schema.default}`].join(", ");
  return element("li", {}, text("code", name), ` (${kind}) ${description ?? ""}`);
}

function operation(path, method, about) {
  const example = about.responses["200"]?.content?.["application/json"]?.example;
  return element(
    "section",
    {},
    text("h2", `${method.toUpperCase()} ${path}`),
    text("p", about.description ?? about.summary),
    about.parameters ? element("ul", {}, ...about.parameters.map(parameter)) : null,
    example ? element("pre", { tabIndex: 0 }, JSON.stringify(example, null, 2)) : null,
  );
}

const { paths } = await (await fetch("/openapi.json")).json();
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, about] of Object.entries(methods)) {
    document.getElementById("docs").append(operation(path, method, about));
  }
}
