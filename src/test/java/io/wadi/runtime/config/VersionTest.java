package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class VersionTest {
    @Test
    void version_isReadFromThePom() {
        assertThat(Version.CURRENT).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void commit_isAHash_orUnknown() {
        assertThat(Version.COMMIT).matches("[0-9a-f]{40}(-dirty)?|unknown");
    }
}
