/// The command line. [io.alidade.cli.Main] builds the commands of [io.alidade.cli.command], which
/// read options, call the engines of [io.alidade.cli.engine] and print; what a library user would
/// want is not here but in the modules below.
///
/// What every command keeps to: results on standard output, people's text and progress on standard
/// error; exit code 0 done, 1 failed, 2 wrong usage, 3 a gate not met; an error is one sentence.
@NullMarked
package io.alidade.cli;

import org.jspecify.annotations.NullMarked;
