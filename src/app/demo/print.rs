//! Printing the story: headings and tables on standard output.

use crate::kernel::money::Currency;
use crate::kernel::money::format_minor;

/// A chapter begins.
pub fn chapter(number: usize, title: &str) {
    println!("\n{number}. {title}");
}

/// A sentence.
pub fn say(text: &str) {
    println!("   {text}");
}

/// A table; the first column is left-aligned, the others right-aligned.
pub fn table(heads: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .chain([heads[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let mut out = String::from("  ");
        for (column, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            if column == 0 {
                out.push_str(&format!(" {cell}{pad}"));
            } else {
                out.push_str(&format!("  {pad}{cell}"));
            }
        }
        println!("{}", out.trim_end());
    };
    line(heads.to_vec());
    let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
    line(rules.iter().map(String::as_str).collect());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}

/// Minor units of the renminbi, for people.
pub fn yuan(minor: i64) -> String {
    Currency::parse("CNY").map_or_else(|| minor.to_string(), |cny| format_minor(minor, cny))
}
