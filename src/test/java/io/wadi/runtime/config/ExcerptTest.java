package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ExcerptTest {
    @Test
    void of_textOfAtMostTheMaximum_isUnchanged() {
        assertThat(Excerpt.of("abcd", 4)).isEqualTo("abcd");
    }

    @Test
    void of_longerText_endsWithAnEllipsisWithinTheMaximum() {
        assertThat(Excerpt.of("abcde", 4)).isEqualTo("abc…");
    }

    @Test
    void of_longerText_doesNotSplitASurrogatePair() {
        assertThat(Excerpt.of("ab😀de", 4)).isEqualTo("ab…");
        assertThat(Excerpt.of("a😀cde", 4)).isEqualTo("a😀…");
    }
}
