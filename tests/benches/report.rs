//! Prints the figures.

use anyhow::{Result, bail};

use crate::pairs::Ratio;

#[derive(Default)]
pub(crate) struct Report {
    above: Vec<&'static str>,
}

impl Report {
    /// A ratio that must stay within `bound`.
    pub(crate) fn ratio(&mut self, name: &'static str, ratio: &Ratio, bound: f64) {
        let Ratio { figure, ours_ms, theirs_ms } = ratio;
        println!("bench {name} {:.3}", figure.median);
        self.remark(&format!(
            "median of {} pairs, {:.3} to {:.3}; median times {ours_ms:.2} ms and {theirs_ms:.2} ms",
            figure.pairs, figure.min, figure.max
        ));
        self.judge(name, figure.median, bound);
    }

    /// A mean that must stay within `bound`.
    pub(crate) fn mean(&mut self, name: &'static str, mean: f64, bound: f64, of: &str) {
        println!("bench {name} {mean:.3}");
        self.remark(of);
        self.judge(name, mean, bound);
    }

    /// A figure that has no bound.
    pub(crate) fn unbounded(&self, name: &str, figure: f64, of: &str) {
        println!("bench {name} {figure:.3}");
        self.remark(of);
    }

    /// Explains the figure printed last, or adds another figure that has no name.
    pub(crate) fn remark(&self, text: &str) {
        println!("#   {text}");
    }

    fn judge(&mut self, name: &'static str, figure: f64, bound: f64) {
        if figure > bound {
            self.above.push(name);
            self.remark(&format!("ABOVE ITS BOUND of {bound}"));
        } else {
            self.remark(&format!("bound {bound}"));
        }
    }

    pub(crate) fn finish(self, check: bool) -> Result<()> {
        if check && !self.above.is_empty() {
            bail!("above their bounds: {}", self.above.join(", "));
        }
        Ok(())
    }
}
