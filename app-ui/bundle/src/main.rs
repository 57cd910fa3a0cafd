//! Turns one compiled wasm program, its style sheets and its page into a folder that a browser loads.
//!
//! Does not compile the program (`./dev web` does), and does not know which program it is.

mod assets;
mod error;
mod names;
mod packed;
mod page;
mod program;
mod stamp;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::error::BundleError;
use crate::page::Page;

/// Bundle a wasm program for the browser.
#[derive(Parser)]
pub struct Args {
    /// The program, as `cargo build --target wasm32-unknown-unknown` left it.
    #[arg(long)]
    wasm: PathBuf,
    /// The page, with `<!-- bundle -->` where the links go.
    #[arg(long)]
    html: PathBuf,
    /// Style sheets (linked in this order), other files and folders (copied under their own name).
    #[arg(long, num_args = 0..)]
    assets: Vec<PathBuf>,
    /// The folder to write; replaced as a whole.
    #[arg(long)]
    out: PathBuf,
    /// Where the folder is served: put before every link of the page.
    #[arg(long, default_value = "/")]
    base: String,
    /// Served over a network: compressed copies beside the files, and hints to load early.
    #[arg(long)]
    served: bool,
    /// As small as can be; needs `--wasm-opt`.
    #[arg(long, requires = "wasm_opt")]
    release: bool,
    /// Binaryen's optimiser, version 132 (older ones corrupt wasm-bindgen's output).
    #[arg(long)]
    wasm_opt: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bundle(&Args::parse()) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bundle: {}", error::with_sources(&error));
            ExitCode::FAILURE
        }
    }
}

/// Writes the folder, or leaves it as it is when nothing it is made of has changed.
fn bundle(args: &Args) -> Result<String, BundleError> {
    let stamp = stamp::of_inputs(args)?;
    if stamp::matches(&args.out, &stamp) {
        return Ok(format!("{} is up to date", args.out.display()));
    }
    let made = tree::empty_beside(&args.out)?;
    let program = program::write(args, made.path())?;
    let styles = assets::write(&args.assets, made.path())?;
    Page { base: &args.base, served: args.served, program: &program, styles: &styles }
        .write(&args.html, made.path())?;
    if args.served {
        packed::write(made.path(), args.release)?;
    }
    tree::replace(&args.out, made)?;
    stamp::write(&args.out, &stamp)?;
    Ok(format!("{}: wasm {} KB", args.out.display(), program.wasm_bytes / 1000))
}
