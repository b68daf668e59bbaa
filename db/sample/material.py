"""What the invented roster is made from: names, places, skills, and pieces of lives.

Nobody here is a real person, and no title a real production.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """Where people come from: their names, languages, cities, unions and money."""

    women: str
    men: str
    surnames: str
    native: str
    also: str
    cities: str
    unions: tuple[str, ...] = ("", "", "CINTAA")
    currency: str = "INR"
    share: int = 1

    def pick_from(self, field: str) -> list[str]:
        return [word.strip() for word in str(getattr(self, field)).split(",")]


REGIONS = (
    Region("Aditi, Ketaki, Mrunmayee, Rujuta, Gauri, Sayali, Vaidehi, Ashwini, Pallavi, Shalaka,"
           "Manasi, Neha, Prajakta, Surabhi, Tejashri, Anagha, Jui, Kasturi, Meera, Vibhavari",
           "Aniket, Chinmay, Nikhil, Saurabh, Kedar, Omkar, Tushar, Ajinkya, Bhushan, Girish,"
           "Hrishikesh, Kiran, Makarand, Pushkar, Sameer, Shantanu, Vaibhav, Yogesh",
           "Gokhale, Phadke, Sathe, Bapat, Jadhav, Shinde, Pawar, Kadam, Gaikwad, Mhatre, Bhosale,"
           "Kelkar, Ranade, Deo, Salunkhe, Chavan, Thorat, Nimkar, Paranjape, Wagle",
           "Marathi", "Hindi, English, Konkani, Malvani, Gujarati, Sanskrit",
           "Pune, Mumbai, Nashik, Kolhapur, Nagpur, Thane, Satara", share=24),
    Region("Ritika, Shruti, Garima, Nidhi, Swati, Ankita, Megha, Parul, Richa, Tanya, Vandana,"
           "Juhi, Kanika, Ishita, Charu, Deepali, Himani, Kavita, Monika, Sakshi",
           "Abhay, Mohit, Pranav, Rohan, Varun, Ankur, Gaurav, Harsh, Kartik, Lokesh, Naveen,"
           "Prateek, Sandeep, Tarun, Utkarsh, Vivek, Yash, Devansh, Manish, Sudhir",
           "Tripathi, Saxena, Rawat, Negi, Bisht, Chaturvedi, Tyagi, Dubey, Rathore, Shekhawat,"
           "Awasthi, Solanki, Mathur, Nagar, Pathak, Tomar, Bhatnagar, Upreti, Joshi, Gahlot",
           "Hindi", "English, Urdu, Punjabi, Haryanvi, Awadhi, Bhojpuri, Garhwali, Marwari, Braj",
           "Mumbai, Delhi, Lucknow, Jaipur, Bhopal, Dehradun, Varanasi, Chandigarh, Patna",
           share=24),
    Region("Zoya, Sana, Mehrunisa, Farah, Ayesha, Nazneen, Rukhsar, Samina, Shaheen, Tabassum",
           "Faizan, Imtiyaz, Kashif, Nadeem, Rizwan, Sajid, Tariq, Waseem, Zubair, Arshad",
           "Ansari, Siddiqui, Qureshi, Rizvi, Farooqui, Naqvi, Shaikh, Mirza, Hashmi, Bukhari",
           "Urdu", "Hindi, English, Marathi, Dakhini, Kashmiri, Arabic, Persian",
           "Mumbai, Lucknow, Hyderabad, Delhi, Srinagar, Aurangabad", share=9),
    Region("Harleen, Simran, Jasleen, Navneet, Kiranjot, Amrit, Gurpreet, Manpreet",
           "Arshdeep, Balraj, Gursimran, Harjot, Jaspreet, Karanvir, Parminder, Sukhdev",
           "Sandhu, Gill, Dhaliwal, Bajwa, Grewal, Sidhu, Virk, Ahluwalia",
           "Punjabi", "Hindi, English, Urdu, Haryanvi", "Chandigarh, Amritsar, Delhi, Mumbai",
           share=6),
    Region("Ananya, Moushumi, Paroma, Rituparna, Sohini, Tiasha, Urmimala, Damini, Ipsita, Jhilik",
           "Anirban, Debojyoti, Indranil, Kaushik, Partha, Rudranil, Shubhankar, Tathagata, Arko",
           "Mukhopadhyay, Bhattacharya, Ghoshal, Lahiri, Sanyal, Majumdar, Guha, Maitra, Dutta",
           "Bengali", "Hindi, English, Odia, Assamese, French", "Kolkata, Mumbai, Siliguri, Delhi",
           ("", "", "CINTAA", "WBMPAF"), share=10),
    Region("Abirami, Kavya, Nithya, Poorani, Revathi, Sangeetha, Thenmozhi, Yazhini, Malar, Divya",
           "Arulmozhi, Bharath, Dinesh, Elango, Karthikeyan, Muthu, Prabhakar, Sendhil, Vetri",
           "Subramaniam, Natarajan, Sundaram, Chidambaram, Ramanathan, Palani, Arunachalam, Selvam",
           "Tamil", "English, Telugu, Malayalam, Hindi, Kannada",
           "Chennai, Coimbatore, Madurai, Bengaluru, Puducherry",
           ("", "", "Nadigar Sangam"), share=9),
    Region("Sravani, Lahari, Keerthana, Mounika, Harika, Bhargavi, Sindhuja, Varshini",
           "Akhil, Charan, Harsha, Kalyan, Pavan, Raghava, Srikanth, Teja, Uday",
           "Reddy, Rao, Chowdary, Yerramilli, Nandamuru, Gollapudi, Vemuri, Kondapalli",
           "Telugu", "English, Hindi, Tamil, Urdu, Kannada",
           "Hyderabad, Visakhapatnam, Vijayawada, Bengaluru", ("", "", "MAA"), share=7),
    Region("Gayathri, Parvathy, Sreelakshmi, Aparna, Nimisha, Reshma, Anju, Meenakshi",
           "Ajay, Basil, Jithin, Nivin, Sreejith, Unni, Vishnu, Abhijith, Rajeev",
           "Nambiar, Kurup, Varghese, Panicker, Menoth, Warrier, Pothen, Kurian, Chacko",
           "Malayalam", "English, Tamil, Hindi, Kannada, Tulu",
           "Kochi, Thiruvananthapuram, Calicut, Bengaluru, Chennai", ("", "", "AMMA"), share=8),
    Region("Chaitra, Sahana, Spoorthi, Bhavana, Nayana, Pratibha, Ranjani, Shwetha",
           "Achyuth, Chethan, Guruprasad, Manjunath, Prajwal, Sumanth, Rakshith, Vinay",
           "Gowda, Hegde, Bhat, Shetty, Kulkarni, Murthy, Adiga, Kamath, Udupa",
           "Kannada", "English, Hindi, Tulu, Konkani, Telugu, Tamil",
           "Bengaluru, Mysuru, Mangaluru, Hubballi, Mumbai", ("", "", "KACL"), share=7),
    Region("Khyati, Mansi, Bhoomi, Dhwani, Kinjal, Riddhi, Urvi, Zeel",
           "Chirag, Dhaval, Hardik, Jigar, Malhar, Parth, Smit, Viral",
           "Trivedi, Vyas, Buch, Thakkar, Dholakia, Oza, Parekh, Rawal",
           "Gujarati", "Hindi, English, Kutchi, Marathi", "Ahmedabad, Mumbai, Vadodara, Rajkot",
           share=6),
    Region("Bhanita, Dipshikha, Ngangbi, Lalrinpuii, Banrisha, Temsula, Pema, Tsering",
           "Anupjyoti, Bikram, Thoiba, Lalthanga, Kitbok, Imliakum, Tenzin, Sonam",
           "Baruah, Hazarika, Thokchom, Ralte, Lyngdoh, Longkumer, Lepcha, Wangmo",
           "Assamese", "Hindi, English, Manipuri, Mizo, Khasi, Nepali, Bengali",
           "Guwahati, Shillong, Imphal, Gangtok, Mumbai, Delhi", share=5),
    Region("Sofia, Inês, Natasha, Lorraine, Sharmila, Melanie",
           "Savio, Glenn, Ashley, Rohit, Neville",
           "Fernandes, Pereira, Carvalho, Naik, Sequeira, Noronha",
           "Konkani", "English, Portuguese, Hindi, Marathi", "Goa, Mumbai", share=3),
    Region("Imogen, Tamsin, Adaeze, Niamh, Bronwen, Harriet, Priyanka, Yewande",
           "Callum, Rhys, Obinna, Dominic, Fergus, Kwame, Arjun, Toby",
           "Ashdown, Okafor, Pemberton, Llewellyn, Brannigan, Whitlock, Sethi, Adeyemi",
           "English", "French, Welsh, Punjabi, Yoruba, Spanish, British Sign Language",
           "London, Manchester, Glasgow, Cardiff, Mumbai", ("", "Equity", "Equity"), "GBP", 5),
    Region("Marisol, Brianna, Delaney, Xiomara, Hannah, Anjali, Renée",
           "Mateo, Tyrell, Wyatt, Desmond, Elliott, Rafael, Vikram",
           "Castellanos, Whitaker, Boudreaux, Iyengar, Delgado, Freeman, Lindqvist",
           "English", "Spanish, Portuguese, American Sign Language, Tamil, Mandarin, French",
           "New York, Los Angeles, Atlanta, Toronto", ("", "SAG-AFTRA", "SAG-AFTRA"), "USD", 4),
    Region("Camille, Léa, Solène, Amina, Ximena, Lucía", "Bastien, Idriss, Mathis, Joaquín, Bruno",
           "Delacourt, Marchetti, Benali, Ibarra, Vasseur, Quiroga",
           "French", "English, Spanish, Arabic, Italian, German", "Paris, Madrid, Barcelona",
           ("", "SFA"), "EUR", 3),
)  # fmt: skip

TOO_WELL_KNOWN = {
    "Sonali Kulkarni", "Mohit Chauhan", "Rohan Joshi", "Ananya Dutta", "Divya Dutta",
    "Aparna Kurian", "Aditi Rao", "Varun Tomar", "Kavya Rao", "Sandeep Reddy", "Akhil Rao",
    "Rakshith Shetty", "Prajwal Shetty", "Simran Gill", "Neha Joshi", "Girish Kulkarni",
    "Sameer Joshi", "Anirban Bhattacharya", "Swati Joshi", "Parvathy Menoth", "Vivek Joshi",
    "Ankur Rathore", "Karthikeyan Natarajan", "Nikhil Rao", "Varun Joshi", "Kiran Rao",
}  # fmt: skip
"""Names that the pools could make and that somebody the public knows also has."""

SKILLS: dict[str, tuple[str, ...]] = {
    "Bharatanatyam": (
        "trained in Bharatanatyam for {years} years and gave a full arangetram at {young}",
        "a Bharatanatyam dancer first; the stillness before a line comes from there",
        "still does her adavus before every call time, Bharatanatyam being {years} years of habit",
    ),
    "Kathak": (
        "learnt Kathak from a Lucknow gharana teacher for {years} years",
        "can hold a chakkar count of fifty-one and then deliver a page of dialogue",
        "performed Kathak at temple festivals long before a camera was around",
    ),
    "Odissi": ("spent {years} years on Odissi in Bhubaneswar and teaches it on Sundays",),
    "Kuchipudi": ("did Kuchipudi on the brass plate for {years} years",),
    "Kathakali": ("came up through Kathakali, eyes and all, and had to unlearn it for close-ups",),
    "Lavani": ("danced Lavani with a travelling sangeet bari for two seasons",),
    "Bhangra": ("captained a university bhangra side that won the zonals twice",),
    "Garba": ("has led nine nights of garba every Navratri since school",),
    "Bollywood dance": (
        "danced in the back row of weddings, then the front row of music videos",
        "picks up a sixteen-count on the first watch",
    ),
    "Contemporary dance": ("toured with a contemporary dance company for {years} years",),
    "Hip-hop": ("b-boyed outside a metro station until a choreographer stopped to look",),
    "Salsa": ("taught salsa in a basement studio to pay for drama school",),
    "Ballet": ("stopped ballet at {young} after a knee injury, but the posture stayed",),
    "Horse riding": (
        "grew up around horses and rides bareback if the stunt team allows it",
        "learnt horse riding on a period serial and kept going; tent-pegging at weekends now",
        "has fallen off four horses and got back on all of them",
    ),
    "Sword fighting": (
        "trained in sword fighting for a historical and did every duel without a double",
        "choreographs stage sword fights for college productions",
    ),
    "Fencing": ("fenced foil for the state and still competes",),
    "Kalaripayattu": ("has practised Kalaripayattu since {young} at a kalari near Thrissur",),
    "Karate": ("a second dan in karate who teaches children on Saturdays",),
    "Boxing": ("boxed as a featherweight until a broken nose, which casting people like",),
    "Wrestling": ("wrestled in a mud akhada through college",),
    "Parkour": ("does parkour and knows which roofs in the old city will hold",),
    "Swimming": (
        "swam the harbour crossing twice",
        "was a lifeguard for three summers and is calm in open water",
    ),
    "Scuba diving": ("a certified scuba diver, comfortable acting under water",),
    "Surfing": ("surfs most mornings before the wind turns",),
    "Motorcycle riding": (
        "rides a 500 cc across the ghats whenever there is a gap between shoots",
    ),
    "Driving": ("drove a delivery van for two years and can reverse anything",),
    "Stage combat": ("certified in stage combat, with a clean record of not hitting anyone",),
    "Aerial silks": ("hangs from aerial silks without looking as if it hurts",),
    "Juggling": ("juggles five clubs and, on a bet, three coconuts",),
    "Yoga": ("teaches yoga at dawn and is oddly cheerful about early calls",),
    "Cricket": ("opened the batting for the district under-nineteens",),
    "Football": ("played left back in a second-division football side",),
    "Kabaddi": ("was a raider for a village kabaddi team that people still talk about",),
    "Hindustani vocal": (
        "sang Hindustani classical for {years} years in the Gwalior tradition",
        "has a trained Hindustani voice and sings her own tracks when asked",
    ),
    "Carnatic vocal": ("trained in Carnatic music from the age of six",),
    "Singing": (
        "sings live, in tune, in the rain",
        "fronted a bar band whose only hit was about a lost scooter",
    ),
    "Guitar": ("plays guitar well enough to fake being better",),
    "Tabla": ("plays tabla, and accompanies others more gladly than solo",),
    "Piano": ("reads music and plays piano, mostly film waltzes",),
    "Violin": ("played second violin in a youth orchestra for {years} years",),
    "Flute": ("plays the flute on terraces at odd hours",),
    "Dhol": ("plays dhol in a Ganpati pathak every monsoon",),
    "Stand-up comedy": (
        "does stand-up comedy about joint families, cleanly",
        "runs an open mic and has learnt to wait for the laugh",
    ),
    "Improv": ("plays improv on Thursdays and never blocks an offer",),
    "Mimicry": ("does mimicry of twelve politicians and one pressure cooker",),
    "Puppetry": ("built and worked string puppets for a children's theatre",),
    "Magic": ("performs close-up magic and cannot be trusted with a deck of cards",),
    "Mime": ("studied mime for a year and talks with the hands since",),
    "Voice-over": (
        "has voiced documentaries, a tractor advertisement and a talking mango",
        "is a regular voice-over artist with a home booth",
    ),
    "Dubbing": ("dubs two or three series a year and hits sync on the second take",),
    "Anchoring": ("anchored a regional breakfast show for {years} years",),
    "Theatre": (
        "spent {years} years in repertory theatre, mostly carrying furniture and then mostly leads",
        "comes from a street play group that performed outside courts and colleges",
        "has done more than two hundred shows of the same two-hander and still finds things in it",
    ),
    "Street theatre": ("wrote and performed street theatre on water rights",),
    "Shakespeare": ("played a Marathi-tongued Lear's fool and an English Viola in one year",),
    "Indian Sign Language": (
        "is a child of deaf parents and signs Indian Sign Language natively",
        "learnt Indian Sign Language for a role and now interprets at festivals",
    ),
    "Cooking": ("ran a lunch counter and cooks on camera without looking down",),
    "Pottery": ("throws pots, and has the forearms for it",),
    "Painting": ("paints signboards, a dying trade, with a steady hand",),
    "Archery": ("shot archery at the inter-university nationals",),
    "Skateboarding": ("skateboards to auditions",),
    "Mountaineering": ("did the basic and advanced mountaineering courses in Uttarkashi",),
    "Modelling": ("modelled saris for a decade of festive catalogues",),
}

OPENINGS: tuple[tuple[int, str], ...] = (
    (18, "Born in {city} to a bus conductor and a school cook"),
    (18, "The third of four children of a railway family that moved every two years"),
    (32, "Left an engineering job after six years at a turbine plant"),
    (26, "Was a nurse on night shifts before the first audition"),
    (42, "Came to acting late, after raising two children"),
    (18, "Found through an open call that a cousin had filled in as a joke"),
    (25, "A law graduate who has argued exactly one case, and won"),
    (18, "Grew up backstage: the family ran a touring drama company"),
    (28, "Started as a child singer on local radio, then vanished for fifteen years"),
    (25, "Worked as an assistant director until somebody was ill on the day"),
    (23, "Trained at a state drama school on a scholarship"),
    (27, "A schoolteacher of chemistry with a face that people trust"),
    (32, "Spent eight years in merchant shipping"),
    (25, "A postgraduate in linguistics who collects dialects"),
    (20, "Comes from a weaving town and still helps at the loom in the wedding season"),
    (24, "A former kabaddi commentator"),
    (26, "Sold insurance door to door, which turned out to be rehearsal"),
    (24, "Was a radio jockey on the late show"),
    (18, "Grew up in {city} above a photo studio"),
    (18, "Studied fine art, dropped out, painted sets, and then stood on one"),
    (60, "A retired bank officer who joined an amateur group at fifty and never left"),
    (22, "Twice a college best-actor winner, once a college dropout"),
    (18, "Learnt acting from a neighbour who had been a prompter for thirty years"),
    (18, "A new face with one short film and no bad habits"),
    (34, "Has been a working actor for {years} years without a single famous scene"),
    (18, "Joined a mime troupe at {young} and talked again at twenty"),
    (18, "Was spotted selling vegetables by a location scout"),
    (26, "Has a background in journalism and asks good questions in rehearsal"),
    (18, "An army child with seven schools behind {them}"),
    (18, "Moved to {city} with one suitcase and a phone number that did not work"),
)
"""How lives begin, and from what playing age on it can be said of somebody."""

MANNERS = (
    "directors mention the listening",
    "known for arriving knowing everybody else's lines too",
    "quick with text, slow with small talk",
    "best in long takes",
    "funny without asking for the laugh",
    "does grief quietly, which edits well",
    "brings a notebook and uses it",
    "looks severe until the smile, and casting should use both",
    "has played a police inspector eleven times and would like not to",
    "plays authority without raising the voice",
    "reads as a mother, an aunt or a minister depending on the sari",
    "reads younger on camera than in the room",
    "is happiest in ensemble work",
    "asks for one more take and is usually right",
    "good with children and animals, and says so without irony",
    "keeps continuity in the head better than the script supervisor would admit",
    "improvises inside the text, not around it",
    "was called 'the calmest person on a burning set' by a line producer",
    "has an easy warmth that suits family dramas and banks",
    "carries menace well, having the stillness for it",
    "excellent with prosthetics and very long days",
    "takes adjustments as if they were presents",
)

LIVES = (
    "A scar on the left eyebrow from a stone-throwing uncle of a scene partner.",
    "Keeps bees.",
    "Will not do tobacco advertisements.",
    "Vegetarian on set, a matter of record with three caterers.",
    "Has a twin who is an accountant.",
    "Runs half marathons and prefers not to at dawn.",
    "Grows chillies on the balcony and gives them to crews.",
    "Lost forty pages of a first novel in a taxi, and speaks of it without bitterness.",
    "Cares for an elderly father, so overnight shoots need a week's notice.",
    "Night shoots are no problem.",
    "Wears glasses, sees well enough without them for a scene.",
    "Has a full beard at the moment and will shave for the right part.",
    "Hair is naturally grey and stays so.",
    "Short hair since a role, and keeping it.",
    "Comfortable with intimacy scenes when there is a coordinator.",
    "Prefers workshops to auditions and says that one is the other.",
    "Writes poems in {native} that appear in a small magazine.",
    "Collects old bus tickets.",
    "Is learning the sarangi, audibly.",
    "Has a valid passport and a relaxed attitude to time zones.",
    "Swears only in {native}.",
    "Lived for a year with fishermen on the coast for a part that was cut.",
    "Is a voracious reader of breakdowns and a kind one of bad ones.",
    "Left-handed, which matters for inserts.",
    "Took two years off after a slipped disc, and is back without limits.",
    "Repairs bicycles for the neighbourhood.",
    "Teaches a free acting class in a municipal school on Fridays.",
    "Once carried an entire wedding scene alone when the groom missed the train.",
)

ONLY = {
    "reads as a mother, an aunt or a minister depending on the sari": "female",
    "Has a full beard at the moment and will shave for the right part.": "male",
}
"""Whom alone some of these fit."""

TITLES = (
    "The Salt Ledger, Monsoon Arithmetic, Seven Kites Down, Platform Zero, A House of Two Doors,"
    "Kachchi Dhoop, The Brass Plate, Tea at Five Past, Nadi Kinare Ghar, Ink on the Ferry,"
    "The Last Typist, Gulmohar Lane, Half a Monsoon, Dusra Rasta, The Quiet Auction,"
    "Pankh aur Patthar,"
    "Signal at Dawn, Blue Tarpaulin, The Widow's Umbrella, Mitti ki Chitthi, Nine Yards,"
    "The Understudy's Year, Chowk No. 6, Borrowed Saris, A Map of Small Rivers, Kaagaz ke Jahaaz,"
    "The Lighthouse Clerk, Sugarcane Season, Raat ki Shift, The Glass Bangle, Lokal 7:42,"
    "Orchard of Bells, Paper Crown, The Night Ferry to Alibag, Udhaar, Two Rooms and a Mango Tree"
)
FORMS = ("film", "web series", "theatre", "short film", "television", "commercial", "music video")
PARTS = {
    "": "the landlord, Dr Mehta, a clerk, the neighbour, Advocate Sen, the coach, the tailor,"
    "a union leader, a stranger, the prompter, the ticket inspector, Professor Lal",
    "female": "the younger sister, the bride's mother, Sister Agnes, Kamla, the widow,"
    "the grandmother, Inspector Rane, Mrs D'Costa",
    "male": "Inspector Rane, Raju, the ferryman, the groom, Constable Jadhav, the grandfather,"
    "Father Anthony, the younger brother",
}  # fmt: skip
AGENCIES = (
    "",
    "",
    "",
    "Tamarind Talent",
    "Two Lamps Management",
    "Third Bell Artists",
    "Self-represented",
)
