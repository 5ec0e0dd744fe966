const ord = JSON.parse(document.getElementById("ord").textContent);
const felt = document.getElementById("soeg"), antal = document.getElementById("antal");
const punkter = [...document.querySelectorAll("li[data-sted]")];
// Koebenhavn, København og kobenhavn er det samme ord; det er Århus, Aarhus og Arhus også.
const ens = tekst => tekst.toLowerCase().replaceAll("å", "a").replaceAll("aa", "a").replaceAll("æ", "e").replaceAll("ae", "e")
  .replaceAll("ø", "o").replaceAll("oe", "o").normalize("NFD").replace(/[\u0300-\u036f]/g, "")
  .replaceAll("-", " ").replace(/\s+/g, " ").trim().replace(/ kommune$/, "").replace(/^kommune /, "");
const kendt = Object.fromEntries(Object.entries(ord).map(([sted, tekst]) => [sted, ens(tekst)]));
const soegt = () => ens(felt.value).replace(/^\d{3}$/, "0$&");
const fundne = () => punkter.filter(punkt => kendt[punkt.dataset.sted].includes(soegt()));

// Hvor mange bogstaver der skal rettes eller byttes om før et ord er et andet.
const afstand = (a, b) => {
  const rettet = [[...Array(b.length + 1).keys()]];
  for (let i = 1; i <= a.length; i++) {
    rettet.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const byttet = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rettet[i].push(Math.min(rettet[i][j - 1] + 1, rettet[i - 1][j] + 1, rettet[i - 1][j - 1] + (a[i - 1] !== b[j - 1]),
        byttet ? rettet[i - 2][j - 2] + 1 : Infinity));
    }
  }
  return rettet[a.length][b.length];
};
const naermeste = () => {
  const tekst = soegt(), mest = Math.max(1, Math.floor(tekst.length / 3));
  const bud = punkter.map(punkt => [Math.min(...kendt[punkt.dataset.sted].split("|").map(navn => afstand(tekst, navn))), punkt]);
  return tekst.length < 3 ? [] : bud.filter(([langt]) => langt <= mest).sort((x, y) => x[0] - y[0]).slice(0, 3).map(([, punkt]) => punkt);
};

felt.parentElement.hidden = false;
felt.addEventListener("input", () => {
  const fund = fundne(), bud = felt.value && !fund.length ? naermeste() : [];
  for (const punkt of punkter) punkt.hidden = !fund.includes(punkt) && !bud.includes(punkt);
  // Kun det fundne, lige under feltet: kort og tomme afsnit viger.
  document.body.classList.toggle("soeger", felt.value !== "");
  for (const liste of document.querySelectorAll("ul.kommuner"))
    liste.previousElementSibling.hidden = felt.value !== "" && !liste.querySelector("li:not([hidden])");
  antal.textContent = felt.value ? (fund.length === 1 ? "1 fund" : fund.length + " fund") : "";
  if (bud.length) antal.textContent += ". Mente du et af disse?";
});
felt.addEventListener("keydown", tast => {
  const fund = fundne(), vist = fund.length ? fund : naermeste();
  if (tast.key === "Enter" && felt.value && vist.length === 1) vist[0].querySelector("a")?.click();
});
