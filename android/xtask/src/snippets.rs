//! Takes the code blocks out of the documents, so that they are compiled as part of an app.

use std::fs;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use crate::jar;
use crate::places::Places;

/// The document whose code is compiled, and how many blocks of Kotlin it has at least: if the search found none,
/// nothing would be checked.
const RECIPES: (&str, usize) = ("android/aar/RECIPES.md", 8);

/// The document whose blocks of Kotlin must be lines of the sample wallet, and how many blocks it has at least.
const README: (&str, usize) = ("README.md", 1);

/// The imports, which the documents leave out.
const IMPORTS: &str = "\
import android.app.*
import android.content.*
import android.os.*
import android.view.*
import android.widget.*
import androidx.compose.runtime.Composable
import androidx.compose.ui.viewinterop.AndroidView
import androidx.lifecycle.*
import dev.walletlock.*
import dev.walletlock.android.*
import dev.walletlock.fakes.*
import java.io.File
import kotlinx.coroutines.*
import kotlinx.coroutines.channels.*
import kotlinx.coroutines.flow.*
import org.junit.Test
import org.junit.Assert.*
import org.junit.runner.RunWith
import org.robolectric.*
";

/// As [`IMPORTS`], for Java.
const JAVA_IMPORTS: &str = "\
import android.content.*;
import android.os.*;
import dev.walletlock.*;
import dev.walletlock.android.*;
import java.util.concurrent.*;
import java.util.function.*;
";

/// Writes each block of Kotlin or Java in the recipes to a file, in a package of its own. A block of XML begins with
/// its path, and becomes that file of the app. The blocks of the README are not written: they must be in the app
/// already.
pub(crate) fn write(places: &Places, app: &Utf8Path) -> Result<()> {
    are_lines_of(&kotlin_in(&read(places, README.0)?, README)?, &app.join("src/main/kotlin"))?;
    let text = read(places, RECIPES.0)?;
    for (number, block) in kotlin_in(&text, RECIPES)?.iter().enumerate() {
        let folder = app.join("src/snippets/kotlin");
        fs::create_dir_all(&folder)?;
        let file = format!("package recipes.block{number}\n\n{IMPORTS}\n{block}");
        fs::write(folder.join(format!("recipe_{number}.kt")), file)?;
    }
    for (number, block) in blocks(&text, "java").iter().enumerate() {
        let class = block.split_once("class ").and_then(|(_, rest)| rest.split_once(' '));
        let (class, _) = class.with_context(|| format!("a block of Java in {} has no class", RECIPES.0))?;
        let folder = app.join(format!("src/test/java/recipes/java{number}"));
        fs::create_dir_all(&folder)?;
        let file = format!("package recipes.java{number};\n\n{JAVA_IMPORTS}\n{block}");
        fs::write(folder.join(format!("{class}.java")), file)?;
    }
    for block in blocks(&text, "xml") {
        let (path, _) = block
            .strip_prefix("<!-- ")
            .and_then(|rest| rest.split_once(" -->"))
            .with_context(|| format!("a block of XML in {} does not begin with its path", RECIPES.0))?;
        let path = app.join("src/main").join(path);
        fs::create_dir_all(path.parent().context("it has a folder")?)?;
        fs::write(path, block)?;
    }
    Ok(())
}

fn read(places: &Places, document: &str) -> Result<String> {
    fs::read_to_string(places.root().join(document)).with_context(|| format!("could not read {document}"))
}

fn kotlin_in(text: &str, (document, at_least): (&str, usize)) -> Result<Vec<String>> {
    let kotlin = blocks(text, "kotlin");
    if kotlin.len() < at_least {
        bail!("{document} has {} blocks of Kotlin, and should have {at_least} at least", kotlin.len());
    }
    Ok(kotlin)
}

/// Fails unless each block is, unchanged, part of a file in this folder.
fn are_lines_of(blocks: &[String], folder: &Utf8Path) -> Result<()> {
    let files = jar::entries(folder)?.into_iter().map(|file| Ok(fs::read_to_string(folder.join(file))?));
    let files = files.collect::<Result<Vec<_>>>()?;
    match blocks.iter().find(|block| !files.iter().any(|file| file.contains(*block))) {
        Some(block) => bail!("{} shows what is not in the sample wallet:\n{block}", README.0),
        None => Ok(()),
    }
}

/// The code blocks of a language in a Markdown text.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    let parts = text.split(&begin).skip(1);
    parts.filter_map(|part| part.split("\n```").next()).map(|block| format!("{block}\n")).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{are_lines_of, blocks};

    #[test]
    fn blocks_are_found_by_their_language() {
        let text = "a\n```kotlin\none\ntwo\n```\nb\n```kts\nthree\n```\n```kotlin\nfour\n```\n";
        assert_eq!(blocks(text, "kotlin"), ["one\ntwo\n", "four\n"]);
        assert_eq!(blocks(text, "kts"), ["three\n"]);
        assert!(blocks(text, "xml").is_empty());
    }
    #[test]
    fn code_that_is_not_in_the_sample_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(folder.join("One.kt"), "a\n    b\nc\n").unwrap();
        are_lines_of(&["    b\nc\n".to_owned()], folder).unwrap();
        assert!(are_lines_of(&["a\n".to_owned(), "b\n    c\n".to_owned()], folder).is_err());
    }
}
