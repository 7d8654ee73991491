package io.alidade.synth.filter;

import io.alidade.synth.text.PersonalData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Refuses examples with personal data or secrets in any of their texts.
final class PersonalDataFilter implements Filter {

  @Override
  public Optional<Fault> check(Draft draft) {
    var texts = new ArrayList<String>(List.of(draft.task(), draft.positive()));
    draft.fields().forEach(field -> texts.add(field.text()));
    return texts.stream()
        .map(PersonalData::find)
        .flatMap(Optional::stream)
        .findFirst()
        .map(kind -> new Fault(reason(kind), "a text holds " + kind.words()));
  }

  private static Reason reason(PersonalData.Kind kind) {
    return switch (kind) {
      case EMAIL -> Reason.EMAIL;
      case PHONE -> Reason.PHONE;
      case IBAN -> Reason.IBAN;
      case CARD -> Reason.CARD;
      case SECRET -> Reason.SECRET;
    };
  }
}
