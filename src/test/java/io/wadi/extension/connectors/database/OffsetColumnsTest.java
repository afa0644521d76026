package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffsetColumnsTest {
    /** PostgreSQL reads other digits as the name of a column. */
    @Test
    void select_isTheSameInAnyLocale() throws Exception {
        String expected = select();
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(select()).isEqualTo(expected);
        });
    }

    private static String select() {
        Table table = new Table("\"orders\"", Map.of("id", Types.BIGINT), List.of("id"));
        return OffsetColumns.of("id").select(table, true);
    }
}
