package io.wadi.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QueryParametersTest {
    private static final List<String> KNOWN = List.of("limit", "since", "dry-run");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limt=1             | unknown parameter limt; expected limit, since, dry-run; did you mean limit?
            limit=1&dry%2Drum  | unknown parameter dry-rum; expected limit, since, dry-run; did you mean dry-run?
            LIMIT=1            | unknown parameter LIMIT; expected limit, since, dry-run
            limit=1&limit=1    | parameter limit occurs 2 times; expected once
            """)
    void unknownOrRepeatedParameter_isRejected(String query, String error) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueryParameters.requireKnown(query, KNOWN))
                .withMessage(error);
    }

    @Test
    void parametersOfARequestWithoutParameters_areRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueryParameters.requireKnown("limit=1", List.of()))
                .withMessage("unknown parameter limit; expected none");
    }

    @Test
    void pathParameter_isTheLastValue() {
        Message request = new DefaultExchange(new DefaultCamelContext()).getMessage();
        request.setHeader("topic", List.of("of the header", "of the path"));
        request.setHeader("group", "of the path");

        assertThat(QueryParameters.path(request, "topic")).isEqualTo("of the path");
        assertThat(QueryParameters.path(request, "group")).isEqualTo("of the path");
    }

    @Test
    void knownParameters_areAccepted() {
        for (String query : new String[] {null, "", "limit=1", "since=&dry-run", "dry%2Drun=true&limit=%20"}) {
            assertThatCode(() -> QueryParameters.requireKnown(query, KNOWN))
                    .as(query)
                    .doesNotThrowAnyException();
        }
    }
}
