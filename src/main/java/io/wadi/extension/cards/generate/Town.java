package io.wadi.extension.cards.generate;

import java.util.List;

record Town(String country, double latitude, double longitude) {
    static final List<Town> TOWNS = List.of(
            new Town("DE", 52.52, 13.40),
            new Town("DE", 48.14, 11.58),
            new Town("DE", 53.55, 9.99),
            new Town("FR", 48.86, 2.35),
            new Town("FR", 45.76, 4.84),
            new Town("ES", 40.42, -3.70),
            new Town("ES", 41.39, 2.17),
            new Town("IT", 41.90, 12.50),
            new Town("GB", 51.51, -0.13),
            new Town("PL", 52.23, 21.01),
            new Town("NL", 52.37, 4.90),
            new Town("AT", 48.21, 16.37),
            new Town("TR", 41.01, 28.98),
            new Town("US", 40.71, -74.01),
            new Town("US", 34.05, -118.24),
            new Town("KR", 37.57, 126.98),
            new Town("JP", 35.68, 139.69),
            new Town("TH", 13.76, 100.50),
            new Town("BR", -23.55, -46.63),
            new Town("ZA", -26.20, 28.05));

    /** Returns a place in the same country, at this distance in degrees. */
    Town near(double north, double east) {
        return new Town(country, latitude + north, longitude + east);
    }
}
