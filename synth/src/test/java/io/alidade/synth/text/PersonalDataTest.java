package io.alidade.synth.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.synth.text.PersonalData.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataTest {

  /// The numbers are those that banks and issuers publish for tests.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EMAIL  | Write to jane.doe+news@mail.company.co.uk, please.
          EMAIL  | (bob_7@web.de)
          PHONE  | Ring +49 30 1234567 before noon.
          PHONE  | our office, (212) 736-5000, is open
          PHONE  | 212-736-5000
          PHONE  | Tel.: 030 / 123 45 67
          IBAN   | DE89 3704 0044 0532 0130 00 BANK
          IBAN   | to GB82WEST12345698765432.
          IBAN   | NO93 8601 1117 947
          CARD   | paid with 4111 1111 1111 1111 yesterday
          CARD   | 378282246310005
          CARD   | 5555-5555-5555-4444
          """)
  void find_personalData_isNamed(Kind kind, String text) {
    assertThat(PersonalData.find(text)).contains(kind);
  }

  /// Put together here, so that no scanner of this repository takes them for real ones.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN RSA PRI~VATE KEY-----",
        "-----BEGIN PRI~VATE KEY-----",
        "AK~IAIOSFODNN7EXAMPLE",
        "gh~p_0123456789abcdefghijABCDEFGHIJ012345",
        "export KEY=s~k-proj-0123456789abcdefghij",
        "xo~xb-123456789012-abcdef",
        "h~f_abcdefghijklmnopqrstuvwxyzABCDEF",
        "ey~JhbGciOiJIUzI1NiJ9.ey~JzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
      })
  void find_secret_isNamed(String text) {
    assertThat(PersonalData.find("the key is " + text.replace("~", ""))).contains(Kind.SECRET);
    assertThat(PersonalData.find("the key is " + text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jane@example.com and joe@mail.example.org, or me@localhost",
        "@username is no address, nor is a@b",
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532",
        "4111 1111 1111 1112",
        "ISBN 978-3-16-148410-0",
        "9783161484100",
        "call 555-0123, or (212) 555-0199",
        "between 1914-1918 and 1939-1945",
        "3.1415926535897932384626433832795",
        "2026-11-21 20:15:00",
        "a task-force of the risk-management-department-of-everything",
        "phone 6.1 inches wide",
      })
  void find_whatOnlyLooksLikeIt_isLetPass(String text) {
    assertThat(PersonalData.find(text)).isEmpty();
  }

  @Test
  @Timeout(20)
  void find_longTextOfAlmostMatches_isQuick() {
    for (String part : new String[] {"a.", "1 ", "DE89 3704 ", "+1-", "eyJ", "x@y."}) {
      assertThat(PersonalData.find(part.repeat(20_000))).isEmpty();
    }
  }
}
