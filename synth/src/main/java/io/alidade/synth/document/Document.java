package io.alidade.synth.document;

/// One text of the user's.
///
/// @param id the file's path within the folder, and behind a `#` the text's own id where a file
///   holds several
/// @param text paragraphs with blank lines between them
record Document(String id, String text) {}
