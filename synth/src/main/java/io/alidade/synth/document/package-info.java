/// The user's own documents, as passages to make examples about.
/// [io.alidade.synth.document.DocumentReader] reads files of several formats,
/// [io.alidade.synth.document.PassageSplitter] divides them, and
/// [io.alidade.synth.document.Passages] puts the passages in the order they are asked about.
@NullMarked
package io.alidade.synth.document;

import org.jspecify.annotations.NullMarked;
