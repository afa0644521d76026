package io.wadi.extension.cards.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    /** Otherwise each model would replace the former one, and processes with other locales would find none. */
    @Test
    void names_haveAsciiDigitsInAnyLocale(@TempDir Path directory) throws Exception {
        ModelStore store = new ModelStore(new LocalModelFiles(directory));
        StoredModel model =
                StoredModel.parse(Files.readAllBytes(Path.of("src/test/resources/fixtures/card-model.json")));
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            store.add(model);
            store.add(model);
        });

        assertThat(store.versions()).containsExactly(1, 2);
        assertThat(store.read(2).version()).isEqualTo(2);
    }
}
