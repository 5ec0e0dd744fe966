const ord = JSON.parse(document.getElementById("ord").textContent);
const felt = document.getElementById("soeg"), antal = document.getElementById("antal");
const punkter = [...document.querySelectorAll("li[data-sted]")];
const ens = tekst => tekst.toLowerCase().replaceAll("aa", "å").replaceAll("ae", "æ").replaceAll("oe", "ø")
  .replaceAll("-", " ").trim().replace(/ kommune$/, "");
const fundne = () => punkter.filter(punkt => ens(ord[punkt.dataset.sted]).includes(ens(felt.value)));
felt.parentElement.hidden = false;
felt.addEventListener("input", () => {
  const fund = fundne();
  for (const punkt of punkter) punkt.hidden = !fund.includes(punkt);
  // Kun det fundne, lige under feltet: kort og tomme afsnit viger.
  document.body.classList.toggle("soeger", felt.value !== "");
  for (const liste of document.querySelectorAll("ul.kommuner"))
    liste.previousElementSibling.hidden = felt.value !== "" && !liste.querySelector("li:not([hidden])");
  antal.textContent = felt.value ? (fund.length === 1 ? "1 fund" : fund.length + " fund") : "";
});
felt.addEventListener("keydown", tast => {
  const fund = fundne();
  if (tast.key === "Enter" && felt.value && fund.length === 1) fund[0].querySelector("a")?.click();
});
