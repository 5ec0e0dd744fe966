const alt = JSON.parse(document.getElementById("tal").textContent);
const foerste = document.getElementById("foerste"), anden = document.getElementById("anden");
const hoved = document.getElementById("hoved"), krop = document.getElementById("krop");

const element = (navn, tekst, egenskaber = {}) => {
  const nyt = Object.assign(document.createElement(navn), egenskaber);
  if (tekst) nyt.textContent = tekst;
  return nyt;
};

const celle = linjer => {
  const felt = element("td");
  for (const [nummer, linje] of (linjer || ["–"]).entries())
    felt.append(element("span", linje, nummer || !linjer ? {} : {className: "tal"}));
  return felt;
};

// De to steder, landet og til sidst deres grupper: hvert sted én gang.
const kolonner = (a, b) => {
  const valgte = (a === b ? [a] : [a, b]).map(slug => ({navn: alt.steder[slug].navn, tal: alt.steder[slug].tal, slug}));
  const omkring = new Map([...alt.steder[a].omkring, ...alt.steder[b].omkring]);
  const andre = [...omkring].map(([navn, noegle]) => ({navn, tal: alt.omkring[noegle]}))
    .filter(anden => !valgte.some(valgt => valgt.navn === anden.navn))
    .sort((x, y) => (y.navn === alt.landet) - (x.navn === alt.landet));
  return [...valgte, ...andre];
};

const vis = () => {
  const [a, b] = [foerste.value, anden.value], valgte = kolonner(a, b);
  hoved.replaceChildren(element("th", "Mål", {scope: "col"}), ...valgte.map(kolonne => {
    const celle = element("th", kolonne.slug ? "" : kolonne.navn, {scope: "col"});
    if (kolonne.slug) celle.append(element("a", kolonne.navn, {href: kolonne.slug + "/index.html"}));
    return celle;
  }));
  krop.replaceChildren(...alt.maal.map((titel, nummer) => {
    const raekke = element("tr");
    raekke.append(element("th", titel, {scope: "row"}), ...valgte.map(kolonne => celle(kolonne.tal[nummer])));
    return raekke;
  }));
  const ens = alt.steder[a].grundlag === alt.steder[b].grundlag;
  document.getElementById("fortalt").textContent = (a === b ? "Vælg to forskellige steder." :
    `${alt.steder[a].navn} og ${alt.steder[b].navn}.`) +
    (ens ? "" : " De to rapporter hviler ikke på de samme data, år og grænse, og bør ikke sammenlignes.");
};

const vaelg = () => {
  const oensket = decodeURIComponent(location.hash.slice(1)).split(",");
  const kendte = oensket.filter(slug => Object.hasOwn(alt.steder, slug));
  const alle = Object.keys(alt.steder);
  foerste.value = kendte[0] || alle[0];
  anden.value = kendte[1] || alle.find(slug => slug !== foerste.value) || alle[0];
  vis();
};

if (Object.keys(alt.steder).length) {
  document.getElementById("valg").hidden = false;
  for (const felt of [foerste, anden]) felt.addEventListener("change", () => {
    history.replaceState(null, "", `#${foerste.value},${anden.value}`);
    vis();
  });
  addEventListener("hashchange", vaelg);
  vaelg();
}
