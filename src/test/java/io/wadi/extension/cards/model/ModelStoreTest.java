package io.wadi.extension.cards.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    @Test
    void modelsThatAreAddedConcurrently_haveDistinctVersions(@TempDir Path directory) throws Exception {
        ModelStore store = new ModelStore(new LocalModelFiles(directory));
        StoredModel model =
                StoredModel.parse(Files.readAllBytes(Path.of("src/test/resources/fixtures/card-model.json")));
        Callable<StoredModel> add = () -> store.add(model);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Integer> added = new ArrayList<>();
            for (Future<StoredModel> each : threads.invokeAll(Collections.nCopies(40, add))) {
                added.add(each.get().version());
            }

            assertThat(added).doesNotHaveDuplicates();
            assertThat(store.versions())
                    .containsExactlyInAnyOrderElementsOf(added)
                    .hasSize(40);
        } finally {
            threads.shutdownNow();
        }
    }
}
