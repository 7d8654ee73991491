/// One class a command, with its options and its help.
@NullMarked
package io.alidade.cli.command;

import org.jspecify.annotations.NullMarked;
