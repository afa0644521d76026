package io.wadi.extension.cards;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.format.CollidingNames;
import io.wadi.kafka.records.Masking;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentReaderTest {
    private static final String GOOD =
            "{'id':'1','card':'c','at':'2026-11-20T12:34:56.789Z','amount':12.5,'country':'DE','category':'fuel',"
                    + "'online':false,'lat':52.5,'lon':13.4,'more':{'a':[1]}}";

    private static Payment read(String json) throws InvalidPaymentException {
        return new PaymentReader().read(json.replace('\'', '"').getBytes(UTF_8));
    }

    @Test
    void validPayment_isParsed() throws Exception {
        assertThat(read(GOOD))
                .isEqualTo(new Payment("1", "c", 1_795_178_096_789L, 12.5, "DE", "fuel", false, 52.5, 13.4));
        assertThat(read("{'id':'1','card':'c','at':1000,'amount':1,'country':'DE'}")
                        .isLocated())
                .isFalse();
    }

    @Test
    void validPayment_afterOthersWithCollidingNames_isParsed() throws Exception {
        for (String json : CollidingNames.objects()) {
            assertThatThrownBy(() -> read(json)).isInstanceOf(InvalidPaymentException.class);
        }

        assertThat(read(GOOD).country()).isEqualTo("DE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    'id':'1'               | 'id':1              | at "/id": found 1, expected a string
                    'id':'1',              |                     | /id is missing
                    'card':'c'             | 'card':null         | at "/card": found null, expected a string
                    'card':'c'             | 'card':''           | at "/card": found 0 characters, expected 1 to 200
                    2026-11-20T12:34:56    | yesterday           | at "/at": found "yesterday.789Z", expected a time such as 2026-11-20T12:34:56.789Z or milliseconds since 1970
                    2026-11-20             | 2926-11-20          | at "/at": found 30196413296789, expected a time from 1970 to 2200
                    12.5                   | '12.5'              | at "/amount": found 12.5, expected a number
                    12.5                   | 0                   | at "/amount": found 0.0, expected from 0.001 to below 1,000,000,000
                    12.5                   | 1e-310              | at "/amount": found 1.0E-310, expected from 0.001 to below 1,000,000,000
                    'DE'                   | 'Germany'           | at "/country": found Germany, expected two capital letters
                    ,'lat':52.5            |                     | found one of /lat and /lon, expected both or none
                    52.5                   | 91                  | at "/lat": found 91.0, expected from -90 to 90
                    false                  | 'no'                | at "/online": found no, expected true or false
                    false                  | nonsense            | not JSON: Unrecognized token 'nonsense': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
                    {'id'                  | ['id'               | expected a JSON object
                    """)
    void invalidPayment_isRejected(String found, String wrong, String message) {
        String json = GOOD.replace(found, wrong == null ? "" : wrong);

        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidPaymentException.class)
                .hasMessage(message);
    }

    @Test
    void invalidCard_isMaskedInTheMessage() {
        assertThatThrownBy(() -> read(GOOD.replace("'c'", "4111111111111111")))
                .extracting(e -> Masking.of(List.of("card")).plain(e.getMessage()))
                .isEqualTo("at \"/card\": found •••, expected a string");
    }
}
