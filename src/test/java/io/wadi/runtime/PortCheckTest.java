package io.wadi.runtime;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.WadiSettings;
import org.junit.jupiter.api.Test;

class PortCheckTest {
    @Test
    void unknownHost_isAnErrorOfTheConfiguration() {
        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() ->
                        PortCheck.requireFree(WadiSettings.HTTP_HOST, "host.invalid", WadiSettings.HTTP_PORT, 8080))
                .withMessage("wadi.http.host=host.invalid: host not found; expected an address of this machine")
                .matches(e -> e.code() == ExitCode.CONFIGURATION);
    }
}
