package io.wadi.extension.cards.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PaymentGeneratorTest {
    @Test
    void sameSeed_generatesTheSamePaymentsInAnyLocale() {
        List<String> expected = payments();
        List<String> found;
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            found = payments();
        } finally {
            Locale.setDefault(before);
        }

        assertThat(expected).isNotEmpty();
        assertThat(found).isEqualTo(expected);
    }

    private static List<String> payments() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        List<String> payments = new ArrayList<>();
        new PaymentGenerator(new PaymentGenerator.Options(1, 3, begin, 0.006))
                .run(0, 10, each -> payments.add(each.json()));
        return payments;
    }
}
