package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class LagCommandTest {
    @Test
    void addressOfThePipeline_hasAsciiDigitsInAnyLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

            assertThat(LagCommand.address("0.0.0.0", 9876)).isEqualTo("http://localhost:9876/api/lag");
            assertThat(LagCommand.address("::1", 9876)).isEqualTo("http://[::1]:9876/api/lag");
        } finally {
            Locale.setDefault(before);
        }
    }
}
