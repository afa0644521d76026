package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.Features;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The configuration reference equals the declared settings. */
final class SettingsReferenceTest {
    private static final Path FILE = Path.of("docs", "reference", "configuration.md");

    @Test
    void page_listsEachDeclaredSetting() throws IOException {
        String page = SettingsReference.page(Features.settings());
        if (Boolean.getBoolean("write.docs")) {
            Files.writeString(FILE, page);
        }

        assertThat(FILE)
                .as("%s is stale: ./wadi test SettingsReferenceTest -Dwrite.docs=true writes it", FILE)
                .content()
                .isEqualTo(page);
    }
}
