package io.wadi.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Otherwise the tests that read {@link CollidingNames} could not fail with another version of Jackson. */
class CollidingNamesTest {
    private final JsonFactory json = new JsonFactory();

    @Test
    void parsersThatShareATableOfNames_rejectALaterObject() {
        for (String object : CollidingNames.objects()) {
            // One of them may already exceed the limit.
            Throwable unused = catchThrowable(() -> read(object));
        }

        assertThatExceptionOfType(StreamConstraintsException.class)
                .isThrownBy(() -> read("{\"country\":\"NZ\"}"))
                .withMessageContaining("symbol table");
    }

    private void read(String object) throws IOException {
        try (JsonParser parser = json.createParser(object.getBytes(UTF_8))) {
            while (parser.nextToken() != null) {
                parser.currentName();
            }
        }
    }
}
