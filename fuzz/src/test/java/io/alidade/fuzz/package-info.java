/// Coverage-guided fuzzing, with Jazzer, of all parsers of files from elsewhere.
@NullMarked
package io.alidade.fuzz;

import org.jspecify.annotations.NullMarked;
