@NullMarked
package io.alidade.model;

import org.jspecify.annotations.NullMarked;
