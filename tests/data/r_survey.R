# Writes r_survey.csv: the numbers of R's survey package that tests/test_estimates.py holds analysis.estimates to.
# Run in this directory with Rscript r_survey.R. The api data are those of the package.
suppressMessages(library(survey))
read <- function(name) read.csv(paste0(name, ".csv"))
srs <- read("apisrs"); strat <- read("apistrat"); clus1 <- read("apiclus1"); clus2 <- read("apiclus2")
designs <- list(
  srs = svydesign(id = ~1, weights = ~pw, fpc = ~fpc, data = srs),
  srs_endless = svydesign(id = ~1, weights = ~pw, data = srs),
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  strat_endless = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat),
  strat_derived = svydesign(id = ~1, strata = ~stype, fpc = ~fpc, data = strat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus1_endless = svydesign(id = ~dnum, weights = ~pw, data = clus1),
  clus1_derived = svydesign(id = ~dnum, fpc = ~fpc, data = clus1),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2),
  clus2_weighted = svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2),
  clus2_endless = svydesign(id = ~dnum + snum, weights = ~pw, data = clus2)
)
rows <- list()
add <- function(...) rows[[length(rows) + 1]] <<- data.frame(..., stringsAsFactors = FALSE)
record <- function(name, kind, variable, by, group, df, stat, interval, freedom) {
  add(design = name, kind = kind, variable = variable, by = by, group = group, df_choice = df,
      estimate = as.numeric(coef(stat)), standard_error = as.numeric(SE(stat)),
      low = interval[1], high = interval[2], df = freedom)
}
estimators <- list(
  mean = function(variable, design) svymean(reformulate(variable), design, na.rm = TRUE),
  total = function(variable, design) svytotal(reformulate(variable), design, na.rm = TRUE),
  ratio = function(variable, design) svyratio(~api.stu, ~enroll, design, na.rm = TRUE)
)
domains <- function(design, by) {
  values <- sort(unique(design$variables[[by]]))
  setNames(lapply(values, function(value) design[design$variables[[by]] == value, ]), values)
}
for (name in names(designs)) {
  design <- designs[[name]]
  for (kind in names(estimators)) for (variable in c("api00", "enroll")) {
    if (kind == "ratio" && variable == "api00") next
    whole <- estimators[[kind]](variable, design)
    record(name, kind, variable, "", "", "design", whole, confint(whole, df = degf(design)), degf(design))
    for (by in c("stype", "sch.wide")) for (group in names(parts <- domains(design, by))) {
      part <- estimators[[kind]](variable, parts[[group]])
      record(name, kind, variable, by, group, "design", part, confint(part, df = degf(design)), degf(design))
      if (variable == "api00") {
        record(name, kind, variable, by, group, "domain", part,
               confint(part, df = degf(parts[[group]])), degf(parts[[group]]))
      }
    }
  }
  for (condition in c("sch.wide == 'Yes'", "stype == 'H'", "awards == 'No'")) {
    share <- function(part) {
      eval(bquote(svyciprop(~I(.(parse(text = condition)[[1]])), part, method = "beta")))
    }
    whole <- share(design)
    record(name, "proportion", condition, "", "", "domain", whole, attr(whole, "ci"), degf(design))
    for (group in names(parts <- domains(design, "comp.imp"))) {
      part <- share(parts[[group]])
      record(name, "proportion", condition, "comp.imp", group, "domain", part, attr(part, "ci"),
             degf(parts[[group]]))
    }
  }
  for (probability in c(0.257, 0.5, 0.903)) {
    found <- svyquantile(~api00, design, probability)$api00
    add(design = name, kind = "quantile", variable = "api00", by = "", group = probability,
        df_choice = "domain", estimate = found[1], standard_error = found[4], low = found[2],
        high = found[3], df = degf(design))
  }
  means <- svyby(~api00, ~sch.wide, design, svymean, covmat = TRUE)
  yes_no <- svycontrast(means, c(-1, 1))
  record(name, "contrast", "api00", "sch.wide", "Yes-No", "design", yes_no,
         confint(yes_no, df = degf(design)), degf(design))
  design <- update(design, is_h = as.numeric(stype == "H"))
  rest <- svycontrast(svyby(~api00, ~is_h, design, svymean, covmat = TRUE), c(-1, 1))
  record(name, "rest", "api00", "stype", "H", "design", rest, confint(rest, df = degf(design)), degf(design))
}
table <- do.call(rbind, rows)
for (column in c("estimate", "standard_error", "low", "high")) {
  table[[column]] <- formatC(table[[column]], digits = 13, format = "g", width = 1)
}
write.csv(table, "r_survey.csv", row.names = FALSE, quote = FALSE)
