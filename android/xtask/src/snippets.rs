//! The code in the documents, compiled as an app would have it.

use std::fs;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use crate::places::Places;

/// Where an app's developer reads code, and how much there is at least: a search that finds nothing proves nothing.
const DOCUMENTS: [(&str, usize); 2] = [("README.md", 0), ("android/aar/RECIPES.md", 8)];

/// What the documents leave out.
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

/// Each block of Kotlin or Java becomes a file, in a package of its own. A block of XML that begins with its path becomes that file of the app.
pub(crate) fn write(places: &Places, app: &Utf8Path) -> Result<()> {
    for (document, at_least) in DOCUMENTS {
        let text =
            fs::read_to_string(places.root().join(document)).with_context(|| format!("could not read {document}"))?;
        let name = document.rsplit('/').next().unwrap_or(document).to_lowercase().replace('.', "_");
        let kotlin = blocks(&text, "kotlin");
        if kotlin.len() < at_least {
            bail!("{document} has {} blocks of Kotlin, and should have {at_least} at least", kotlin.len());
        }
        for (number, block) in kotlin.iter().enumerate() {
            let folder = app.join("src/snippets/kotlin");
            fs::create_dir_all(&folder)?;
            let file = format!("package {name}.block{number}\n\n{IMPORTS}\n{block}");
            fs::write(folder.join(format!("{name}_{number}.kt")), file)?;
        }
        for (number, block) in blocks(&text, "java").iter().enumerate() {
            let class = block.split_once("class ").and_then(|(_, rest)| rest.split_once(' '));
            let (class, _) = class.with_context(|| format!("a block of Java in {document} has no class"))?;
            let folder = app.join(format!("src/test/java/{name}/java{number}"));
            fs::create_dir_all(&folder)?;
            let file = format!("package {name}.java{number};\n\n{JAVA_IMPORTS}\n{block}");
            fs::write(folder.join(format!("{class}.java")), file)?;
        }
        for block in blocks(&text, "xml") {
            let (path, _) = block
                .strip_prefix("<!-- ")
                .and_then(|rest| rest.split_once(" -->"))
                .with_context(|| format!("a block of XML in {document} does not begin with its path"))?;
            let path = app.join("src/main").join(path);
            fs::create_dir_all(path.parent().context("it has a folder")?)?;
            fs::write(path, block)?;
        }
    }
    Ok(())
}

/// What stands between fences that name the language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    let parts = text.split(&begin).skip(1);
    parts.filter_map(|part| part.split("\n```").next()).map(|block| format!("{block}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn blocks_are_found_by_their_language() {
        let text = "a\n```kotlin\none\ntwo\n```\nb\n```kts\nthree\n```\n```kotlin\nfour\n```\n";
        assert_eq!(blocks(text, "kotlin"), ["one\ntwo\n", "four\n"]);
        assert_eq!(blocks(text, "kts"), ["three\n"]);
        assert!(blocks(text, "xml").is_empty());
    }
}
