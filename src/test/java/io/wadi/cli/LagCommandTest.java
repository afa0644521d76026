package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import org.junit.jupiter.api.Test;

class LagCommandTest {
    @Test
    void addressOfThePipeline_hasAsciiDigitsInAnyLocale() throws Exception {
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(LagCommand.address("0.0.0.0", 9876)).isEqualTo("http://localhost:9876/api/lag");
            assertThat(LagCommand.address("::1", 9876)).isEqualTo("http://[::1]:9876/api/lag");
        });
    }
}
