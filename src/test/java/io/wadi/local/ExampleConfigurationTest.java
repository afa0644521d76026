package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleConfigurationTest {
    @TempDir
    private Path home;

    private void write(String file, String text) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void create_linksTheProjectsFilesAndTheExamples() throws IOException {
        write("topics.yaml", "topics: []");
        write("schemas/orders.json", "{}");
        write("routes/landing.camel.yaml", "landing");
        write("routes/edited.camel.yaml", "the project's");
        write("examples/routes/edited.camel.yaml", "the example's");
        write("examples/routes/sales.camel.yaml", "sales");
        write("examples/streams/colours.yaml", "colours");
        write("examples/tables/shop.camel.yaml", "needs a database");
        Path made = home.resolve("data/with-examples");

        ExampleConfiguration.create(home, made);

        assertThat(made.resolve("topics.yaml")).hasContent("topics: []");
        assertThat(made.resolve("schemas/orders.json")).hasContent("{}");
        assertThat(made.resolve("routes/landing.camel.yaml")).hasContent("landing");
        assertThat(made.resolve("routes/edited.camel.yaml")).hasContent("the project's");
        assertThat(made.resolve("routes/sales.camel.yaml")).hasContent("sales");
        assertThat(made.resolve("streams/colours.yaml")).hasContent("colours");
        assertThat(made.resolve("routes/shop.camel.yaml")).doesNotExist();
    }

    @Test
    void create_again_removesLinksToDeletedFiles_andKeepsTheFiles() throws IOException {
        write("routes/landing.camel.yaml", "landing");
        write("routes/gone.camel.yaml", "gone");
        Path made = home.resolve("data/with-examples");
        ExampleConfiguration.create(home, made);
        Files.delete(home.resolve("routes/gone.camel.yaml"));

        ExampleConfiguration.create(home, made);

        assertThat(made.resolve("routes/gone.camel.yaml")).doesNotExist();
        assertThat(home.resolve("routes/landing.camel.yaml")).hasContent("landing");
    }

    @Test
    void create_again_keepsFilesOfCreatedConnectors() throws IOException {
        write("routes/landing.camel.yaml", "landing");
        Path made = home.resolve("data/with-examples");
        ExampleConfiguration.create(home, made);
        Path connector = Files.writeString(made.resolve("routes/connector-shop.camel.yaml"), "shop");

        ExampleConfiguration.create(home, made);

        assertThat(connector).hasContent("shop");
        assertThat(made.resolve("routes/landing.camel.yaml")).hasContent("landing");
    }

    @Test
    void create_again_replacesFilesThatAnEditorHasSavedInsteadOfLinks() throws IOException {
        write("topics.yaml", "topics: []");
        write("routes/landing.camel.yaml", "landing");
        Path made = home.resolve("data/with-examples");
        ExampleConfiguration.create(home, made);
        for (String name : List.of("topics.yaml", "routes/landing.camel.yaml")) {
            Files.delete(made.resolve(name));
            Files.writeString(made.resolve(name), "saved");
        }

        ExampleConfiguration.create(home, made);

        assertThat(made.resolve("topics.yaml")).hasContent("topics: []");
        assertThat(made.resolve("routes/landing.camel.yaml")).hasContent("landing");
    }
}
