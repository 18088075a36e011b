//! Reads with clang what the headers declare.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;
use serde_json::Value;

use super::super::digest;
use super::super::toolchain::Toolchain;
use super::rust_types::function_type;

/// Flags with which a declaration is an error if the compiler knows the function and its type differs.
const STRICT: [&str; 3] = ["-fsyntax-only", "-Wsystem-headers", "-Werror=incompatible-library-redeclaration"];

#[derive(Default)]
pub(crate) struct Declarations {
    /// Macros that are whole numbers.
    pub(crate) constants: Vec<(String, i128)>,
    /// All other macros, except those whose name begins with two underscores: only our headers use these.
    pub(crate) other_macros: Vec<String>,
    pub(crate) typedefs: Vec<Typedef>,
    pub(crate) structures: Vec<Structure>,
    pub(crate) functions: Vec<Function>,
    pub(crate) variables: Vec<String>,
}

/// A typedef of an integer type.
pub(crate) struct Typedef {
    pub(crate) name: String,
    pub(crate) bytes: i128,
    pub(crate) signed: bool,
}

pub(crate) struct Structure {
    pub(crate) name: String,
    /// Its C type: a structure may have a tag, or a typedef alone.
    of: String,
    pub(crate) bytes: i128,
    pub(crate) alignment: i128,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) offset: i128,
    /// Its C type.
    pub(crate) of: String,
}

pub(crate) struct Function {
    pub(crate) name: String,
    /// The name under which it is linked. It differs from `name` if the header says so.
    pub(crate) symbol: String,
    /// Its C type.
    of: String,
}

impl Function {
    pub(crate) fn rust_type(&self) -> Result<String> {
        if let Some(never) = self.of.strip_suffix(" __attribute__((noreturn))") {
            let (_, parameters) = never.split_once(" (").context("a function has parentheses")?;
            return Ok(format!("{} -> !", function_type("void", parameters.trim_end_matches(')'))?));
        }
        // The type looks like `void *(int)` or `int (int)`.
        let (returned, parameters) = self.of.split_once('(').context("a function has parentheses")?;
        function_type(returned, parameters.strip_suffix(')').context("a function's parentheses close")?)
    }
}

impl Declarations {
    /// Reads every header in the folder `include`. `folder` is for files that this writes.
    pub(crate) fn read(toolchain: &Toolchain, include: &Utf8Path, folder: &Utf8Path) -> Result<Self> {
        let all = folder.join("all.c");
        let mut includes = String::new();
        for header in digest::files_below(include)? {
            includes += &format!("#include <{}>\n", header.strip_prefix(include)?);
        }
        fs::write(&all, &includes)?;

        let preprocessed = output(toolchain.clang(include).args(["-E", "-dD", all.as_str()]))?;
        let ours = lines_of_files_below(&preprocessed, include);
        output(toolchain.clang(include).args(STRICT).arg(&all)).context("the headers are wrong")?;
        // Without this flag clang would replace our declaration of a function that it knows by its own.
        let tree = tree(toolchain.clang(include).args(["-fno-builtin", all.as_str()]))?;
        let mut found = Self::default();
        let mut macros = Vec::new();
        for line in ours.iter().filter_map(|line| line.strip_prefix("#define ")) {
            let name: String = line.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            let takes_arguments = line[name.len()..].starts_with('(');
            if name.starts_with("__") {
                continue;
            }
            if takes_arguments { found.other_macros.push(name) } else { macros.push(name) }
        }
        // The words in our headers. Other names are declared by the compiler's own headers, and are left out.
        let words: BTreeSet<&str> =
            ours.iter().flat_map(|line| line.split(|it: char| !it.is_alphanumeric() && it != '_')).collect();

        let values = answers(toolchain, include, folder, &includes, &macros)?;
        for (name, value) in macros.into_iter().zip(values) {
            match value {
                Some(value) => found.constants.push((name, value)),
                None => found.other_macros.push(name),
            }
        }
        found.read_tree(&tree, &words)?;
        found.measure(toolchain, include, folder, &includes)?;
        Ok(found)
    }

    /// Reads names and types. [`Self::measure`] adds sizes and offsets.
    fn read_tree(&mut self, tree: &[Value], words: &BTreeSet<&str>) -> Result<()> {
        let mut unnamed = None;
        for node in tree {
            let name = node["name"].as_str().unwrap_or_default();
            let of = node["type"]["qualType"].as_str().unwrap_or_default();
            if node["isImplicit"] == true || (!name.is_empty() && !words.contains(name)) {
                continue;
            }
            match node["kind"].as_str().unwrap_or_default() {
                "RecordDecl" if node["completeDefinition"] == true => {
                    if node["tagUsed"] != "struct" {
                        bail!("{name} is no struct, and there is no way yet to compare it");
                    }
                    let structure = Structure {
                        name: name.to_owned(),
                        of: format!("struct {name}"),
                        bytes: 0,
                        alignment: 0,
                        fields: fields(node),
                    };
                    if name.is_empty() { unnamed = Some(structure) } else { self.structures.push(structure) }
                }
                // The typedef gives an unnamed structure its name.
                "TypedefDecl" if node["inner"][0]["kind"] == "ElaboratedType" && unnamed.is_some() => {
                    self.structures.extend(unnamed.take().map(|it| Structure {
                        name: name.to_owned(),
                        of: name.to_owned(),
                        ..it
                    }));
                }
                "TypedefDecl" if !of.starts_with("struct ") => {
                    self.typedefs.push(Typedef { name: name.to_owned(), bytes: 0, signed: false });
                }
                // The headers do not say what is inside, so there is nothing to compare.
                "TypedefDecl" | "RecordDecl" => {}
                "FunctionDecl" => {
                    let symbol = node["mangledName"].as_str().unwrap_or(name).trim_start_matches('\u{1}');
                    self.functions.push(Function {
                        name: name.to_owned(),
                        symbol: symbol.to_owned(),
                        of: of.to_owned(),
                    });
                }
                "VarDecl" => self.variables.push(name.to_owned()),
                kind => bail!("there is no way yet to compare {name}, a {kind}"),
            }
        }
        Ok(())
    }

    /// Asks clang for sizes, alignments and offsets.
    fn measure(&mut self, toolchain: &Toolchain, include: &Utf8Path, folder: &Utf8Path, includes: &str) -> Result<()> {
        let mut questions = Vec::new();
        for typedef in &self.typedefs {
            questions.push(format!("sizeof({})", typedef.name));
            questions.push(format!("({})-1 < 0", typedef.name));
        }
        for structure in &self.structures {
            questions.push(format!("sizeof({})", structure.of));
            questions.push(format!("_Alignof({})", structure.of));
            for field in &structure.fields {
                questions.push(format!("__builtin_offsetof({}, {})", structure.of, field.name));
            }
        }
        let answers = answers(toolchain, include, folder, includes, &questions)?;
        let mut answers = questions.iter().zip(answers);
        let mut next = || {
            let (question, answer) = answers.next().context("more answers are wanted than questions were asked")?;
            answer.with_context(|| format!("clang cannot say what {question} is"))
        };
        for typedef in &mut self.typedefs {
            typedef.bytes = next()?;
            typedef.signed = next()? != 0;
        }
        for structure in &mut self.structures {
            structure.bytes = next()?;
            structure.alignment = next()?;
            for field in &mut structure.fields {
                field.offset = next()?;
            }
        }
        Ok(())
    }
}

fn fields(structure: &Value) -> Vec<Field> {
    let members = structure["inner"].as_array().into_iter().flatten().filter(|member| member["kind"] == "FieldDecl");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    members.map(|it| Field { name: text(&it["name"]), offset: 0, of: text(&it["type"]["qualType"]) }).collect()
}

/// The values of these expressions; `None` for an expression that is not an integer constant. Each becomes the value of
/// an enumerator, which clang computes.
fn answers(
    toolchain: &Toolchain,
    include: &Utf8Path,
    folder: &Utf8Path,
    includes: &str,
    questions: &[String],
) -> Result<Vec<Option<i128>>> {
    let source = folder.join("questions.c");
    let enumerators =
        questions.iter().enumerate().map(|(number, it)| format!("enum {{ answer_{number} = ({it}) }};\n"));
    fs::write(&source, format!("{includes}{}", enumerators.collect::<String>()))?;
    let tree = tree(toolchain.clang(include).args(["-ferror-limit=0", "-w", source.as_str()]))?;
    let mut answers = vec![None; questions.len()];
    for enumerator in tree.iter().filter_map(|node| node["inner"].as_array()).flatten() {
        let number = enumerator["name"].as_str().and_then(|name| name.strip_prefix("answer_"));
        let outermost = Some(&enumerator["inner"][0]);
        let mut within = std::iter::successors(outermost, |it| it["inner"].get(0));
        let constant = within.find(|it| it["kind"] == "ConstantExpr");
        let value = constant.and_then(|it| it["value"].as_str()?.parse().ok());
        let slot = number.and_then(|number| answers.get_mut(number.parse::<usize>().ok()?));
        if let Some(slot) = slot {
            *slot = value;
        }
    }
    Ok(answers)
}

/// The declarations of a file and of all files that it includes, in order.
fn tree(clang: &mut Command) -> Result<Vec<Value>> {
    let output =
        clang.args(["-fsyntax-only", "-Xclang", "-ast-dump=json"]).output().context("could not start clang")?;
    let mut tree: Value = serde_json::from_slice(&output.stdout).context("clang's tree is no JSON")?;
    match tree["inner"].take() {
        Value::Array(nodes) => Ok(nodes),
        _ => bail!("clang's tree has no declarations"),
    }
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context("could not start clang")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The lines of preprocessed C that come from files in a folder. A line `# LINE "FILE"` says which file the next lines
/// are from.
fn lines_of_files_below<'a>(preprocessed: &'a str, folder: &Utf8Path) -> Vec<&'a str> {
    let mut within = false;
    let mut lines = Vec::new();
    for line in preprocessed.lines() {
        match line.strip_prefix("# ").and_then(|marker| marker.split('"').nth(1)) {
            Some(file) => within = Utf8Path::new(file).starts_with(folder),
            None if within => lines.push(line),
            None => {}
        }
    }
    lines
}
