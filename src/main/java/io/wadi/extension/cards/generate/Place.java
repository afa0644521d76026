package io.wadi.extension.cards.generate;

import java.util.List;

/** A town: where cards live and are used. */
record Place(String country, double latitude, double longitude) {
    static final List<Place> TOWNS = List.of(
            new Place("DE", 52.52, 13.40),
            new Place("DE", 48.14, 11.58),
            new Place("DE", 53.55, 9.99),
            new Place("FR", 48.86, 2.35),
            new Place("FR", 45.76, 4.84),
            new Place("ES", 40.42, -3.70),
            new Place("ES", 41.39, 2.17),
            new Place("IT", 41.90, 12.50),
            new Place("GB", 51.51, -0.13),
            new Place("PL", 52.23, 21.01),
            new Place("NL", 52.37, 4.90),
            new Place("AT", 48.21, 16.37),
            new Place("TR", 41.01, 28.98),
            new Place("US", 40.71, -74.01),
            new Place("US", 34.05, -118.24),
            new Place("KR", 37.57, 126.98),
            new Place("JP", 35.68, 139.69),
            new Place("TH", 13.76, 100.50),
            new Place("BR", -23.55, -46.63),
            new Place("ZA", -26.20, 28.05));

    /** The same, some kilometres away. */
    Place near(double north, double east) {
        return new Place(country, latitude + north, longitude + east);
    }
}
