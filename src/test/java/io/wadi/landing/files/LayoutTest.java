package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.util.Locale;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LayoutTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 12);
    private static final LandedFile FILE = new LandedFile(PARTITION, 7, 41);

    @ParameterizedTest
    @ValueSource(strings = {"/data", "/data/"})
    void paths_areBelowTheRoot(String root) {
        Layout layout = new Layout(root);

        assertThat(layout.visible(PARTITION)).isEqualTo("/data/select-color/partition=12");
        assertThat(layout.visible(FILE, ""))
                .isEqualTo("/data/select-color/partition=12/"
                        + "select-color+12+00000000000000000007+00000000000000000041.jsonl");
        assertThat(layout.owners(PARTITION)).isEqualTo("/data/_tmp/select-color/12");
    }

    @Test
    void paths_atTheRootOfTheFileSystem_haveNoDoubleSlash() {
        Layout layout = new Layout("/");

        assertThat(layout.visible(PARTITION)).isEqualTo("/select-color/partition=12");
        assertThat(layout.owners(PARTITION)).isEqualTo("/_tmp/select-color/12");
    }

    /** Members with different locales must use the same paths, or they would not fence each other. */
    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR", "th-TH-u-nu-thai", "de-DE"})
    void paths_useAsciiDigitsInAnyLocale(String tag) throws Exception {
        OtherLocale.run(Locale.forLanguageTag(tag), () -> {
            paths_areBelowTheRoot("/data");
            assertThat(LandedFile.parse(FILE.name())).contains(FILE);
        });
    }
}
