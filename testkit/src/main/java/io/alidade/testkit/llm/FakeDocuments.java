package io.alidade.testkit.llm;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Documents to make examples about.
public final class FakeDocuments {
  private static final int SENTENCES = 4;

  private FakeDocuments() {}

  /// Paragraphs of about 50 words, functions of the document's number and their own.
  public static String paragraphs(int document, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> FakeAnswers.sentences(new Random(1_000L * document + i), SENTENCES) + ".")
        .collect(Collectors.joining("\n\n"));
  }

  /// A PDF of one page with these lines, as a program of forty years ago could have written it: the
  /// table of places is left out, which readers make again.
  public static byte[] pdf(String... lines) {
    String shown =
        "BT /F1 12 Tf 72 720 Td 14 TL "
            + IntStream.range(0, lines.length)
                .mapToObj(i -> "(" + lines[i] + ") Tj T* ")
                .collect(Collectors.joining())
            + "ET";
    String text =
        """
        %%PDF-1.4
        1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
        2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
        3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
          /Resources << /Font << /F1 5 0 R >> >> >> endobj
        4 0 obj << /Length %d >> stream
        %s
        endstream endobj
        5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
        trailer << /Root 1 0 R >>
        %%%%EOF
        """
            .formatted(shown.length(), shown);
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
