package io.wadi.extension.cards.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaymentGeneratorTest {
    @Test
    void sameSeed_generatesTheSamePaymentsInAnyLocale() throws Exception {
        List<String> expected = payments();

        assertThat(expected).isNotEmpty();
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> assertThat(payments()).isEqualTo(expected));
    }

    private static List<String> payments() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        List<String> payments = new ArrayList<>();
        new PaymentGenerator(new PaymentGenerator.Options(1, 3, begin, 0.006))
                .run(0, 10, each -> payments.add(each.json()));
        return payments;
    }
}
