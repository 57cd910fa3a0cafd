//! The page that loads the program.
//!
//! Adds links only; what the page says is in the program's own `index.html`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::error::{BundleError, file};
use crate::program::Program;

const PLACE: &str = "<!-- bundle -->";

/// What the page links to.
#[derive(Debug)]
pub struct Page<'a> {
    /// Put before every link; ends in `/`.
    pub base: &'a str,
    /// Adds hints to load the program early.
    pub served: bool,
    /// The program.
    pub program: &'a Program,
    /// Style sheets, in order.
    pub styles: &'a [String],
}

impl Page<'_> {
    /// Writes `index.html` into `out`, from the page `html`.
    pub fn write(&self, html: &Path, out: &Path) -> Result<(), BundleError> {
        let page = fs::read_to_string(html).map_err(file("read", html))?;
        let page = self.filled(&page).ok_or_else(|| BundleError::NoPlace(html.to_owned()))?;
        let to = out.join("index.html");
        fs::write(&to, page).map_err(file("write", &to))
    }

    fn filled(&self, page: &str) -> Option<String> {
        let (before, after) = page.split_once(PLACE)?;
        Some(format!("{before}{}{after}", self.links().trim_end()))
    }

    fn links(&self) -> String {
        let (base, mut links) = (self.base, String::new());
        let mut add = |link: String| writeln!(links, "{link}").expect("a String takes everything");
        for style in self.styles {
            add(format!(r#"<link rel="stylesheet" href="{base}{style}">"#));
        }
        if self.served {
            let Program { glue, wasm, .. } = self.program;
            add(format!(r#"<link rel="modulepreload" href="{base}{glue}">"#));
            add(format!(
                r#"<link rel="preload" href="{base}{wasm}" as="fetch" type="application/wasm" crossorigin>"#
            ));
        }
        add(format!(r#"<script type="module" src="{base}{}"></script>"#, self.program.start));
        links
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        Program { start: "s.js".into(), glue: "g.js".into(), wasm: "w.wasm".into(), wasm_bytes: 1 }
    }

    #[test]
    fn links_stand_where_the_page_asks_for_them() {
        let styles = ["a.css".to_owned(), "b.css".to_owned()];
        let page = Page { base: "/x/", served: false, program: &program(), styles: &styles };
        assert_eq!(
            page.filled("<head><!-- bundle --></head>").as_deref(),
            Some(
                "<head><link rel=\"stylesheet\" href=\"/x/a.css\">\n\
                 <link rel=\"stylesheet\" href=\"/x/b.css\">\n\
                 <script type=\"module\" src=\"/x/s.js\"></script></head>"
            )
        );
    }

    #[test]
    fn a_served_page_names_the_program_early() {
        let page = Page { base: "/", served: true, program: &program(), styles: &[] };
        assert!(page.links().contains(r#"<link rel="preload" href="/w.wasm" as="fetch""#));
        assert!(page.links().contains(r#"<link rel="modulepreload" href="/g.js">"#));
    }

    #[test]
    fn a_page_without_a_place_is_refused() {
        let page = Page { base: "/", served: false, program: &program(), styles: &[] };
        assert_eq!(page.filled("<head></head>"), None);
    }
}
