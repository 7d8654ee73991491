/// What a stage's folder says about itself: the [io.alidade.core.manifest.Manifest] with the
/// resolved recipe, the inputs and their hashes, versions, seed and counts. A
/// [io.alidade.core.manifest.RunFolder] is the folder while a process writes it: it keeps other
/// processes and other recipes out.
@NullMarked
package io.alidade.core.manifest;

import org.jspecify.annotations.NullMarked;
