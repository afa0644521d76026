package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Types;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffsetColumnsTest {
    /** PostgreSQL reads other digits as the name of a column. */
    @Test
    void select_isTheSameInAnyLocale() {
        String expected = select();
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

            assertThat(select()).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }

    private static String select() {
        Table table = new Table("\"orders\"", Map.of("id", Types.BIGINT), List.of("id"));
        return OffsetColumns.of("id").select(table, true);
    }
}
