// Kun det der kan rulles vandret, er et stop for tastaturet.
const ruller = () => {
  for (const felt of document.querySelectorAll("div.bred")) {
    const bredt = felt.scrollWidth > felt.clientWidth + 1;
    if (bredt) felt.tabIndex = 0; else felt.removeAttribute("tabindex");
  }
};
addEventListener("load", ruller);
addEventListener("resize", ruller);
