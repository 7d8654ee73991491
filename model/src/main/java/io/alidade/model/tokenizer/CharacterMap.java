package io.alidade.model.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.AlidadeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import tools.jackson.databind.JsonNode;

/// SentencePiece's compiled table of characters, checked before the tokenizer library follows it:
/// that library ends the process where an index leads out of the table.
///
/// Layout: the bytes of the trie as 32 bits, the trie as a double array in the form of Darts-clone,
/// the replacements, each ended by a zero.
final class CharacterMap {
  private static final int LABEL = 0x8000_00FF;
  private static final int LEAF = 1 << 8;
  private static final int WIDE = 1 << 9;

  private final int[] trie;
  private final byte[] replacements;

  private CharacterMap(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
    if (size < Integer.BYTES || size > bytes.remaining() || size % Integer.BYTES != 0) {
      throw damaged();
    }
    this.trie = new int[size / Integer.BYTES];
    bytes.slice(bytes.position(), size).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(trie);
    bytes.position(bytes.position() + size);
    this.replacements = new byte[bytes.remaining()];
    bytes.get(replacements);
  }

  /// Checks every table in a `normalizer` of `tokenizer.json`.
  static void requireSound(JsonNode normalizer) {
    normalizer.path("normalizers").forEach(CharacterMap::requireSound);
    if (normalizer.path("type").asString("").equals("Precompiled")) {
      requireSound(normalizer.path("precompiled_charsmap").asString(""));
    }
  }

  private static void requireSound(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        throw damaged();
      }
      new CharacterMap(ByteBuffer.wrap(bytes)).follow();
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
  }

  /// Goes every way that a text could lead.
  private void follow() {
    requireUtf8();
    var seen = new BitSet(trie.length);
    var open = new ArrayDeque<Integer>();
    open.add(0);
    while (!open.isEmpty()) {
      int unit = open.remove();
      int base = unit ^ offset(trie[unit]);
      // The bytes of a text are joined to the base by exclusive or.
      if (base < 0 || (base | 0xFF) >= trie.length) {
        throw damaged();
      }
      if (unit != 0 && (trie[unit] & LEAF) != 0) {
        requireReplacement(trie[base] & Integer.MAX_VALUE);
      }
      for (int character = 1; character <= 0xFF; character++) {
        int next = base ^ character;
        if ((trie[next] & LABEL) == character && !seen.get(next)) {
          seen.set(next);
          open.add(next);
        }
      }
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & WIDE) >>> 6);
  }

  private void requireUtf8() {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw damaged();
    }
  }

  /// A replacement begins with a character, not within one.
  private void requireReplacement(int start) {
    if (start >= replacements.length || (replacements[start] & 0xC0) == 0x80) {
      throw damaged();
    }
  }

  private static AlidadeException damaged() {
    return new AlidadeException("the table of characters (precompiled_charsmap) is damaged");
  }
}
