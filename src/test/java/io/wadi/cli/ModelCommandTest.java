package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelCommandTest {
    /** Ids are from senders. */
    @Test
    void idWithSeparators_isOneQuotedField() {
        assertThat(ModelCommand.csv("p-1-000113393")).isEqualTo("p-1-000113393");
        assertThat(ModelCommand.csv("INV-7,2026")).isEqualTo("\"INV-7,2026\"");
        assertThat(ModelCommand.csv("x\r\ntrain,\"y\"")).isEqualTo("\"x\r\ntrain,\"\"y\"\"\"");
        assertThat(ModelCommand.csv("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(ModelCommand.csv("line\nbreak")).isEqualTo("\"line\nbreak\"");
    }
}
