/// Recipes: YAML files bound to trees of records. [io.alidade.core.recipe.Recipe] loads one with
/// its `--set` overrides and keeps the resolved tree beside the bound value, so that a run can
/// write down what it really did and a second run can be compared with it.
///
/// What a recipe may hold is what the record declares, and nothing else:
///
/// - A key is the component's name in snake_case (`maxTokens` is `max_tokens`).
/// - A record with keys that may be left out has a static factory `defaults()`; a key left out
///   takes its value from there. A nested group that is given in part takes the rest from the outer
///   record's defaults. Components marked [io.alidade.core.recipe.Required] must be given; without
///   `defaults()` all must.
/// - A key whose value is `null` counts as left out.
/// - Components are text, numbers, booleans, enums (in kebab-case), `Path`, records, lists and maps
///   of these, and sealed interfaces of records, which the key `type` tells apart (`InfoNce` is
///   `type: info-nce`).
/// - The compact constructor checks the values and throws [IllegalArgumentException] with a message
///   that begins with the component's name (`rank must be at least 1, is 0`); it is reported under
///   the key's full path.
@NullMarked
package io.alidade.core.recipe;

import org.jspecify.annotations.NullMarked;
