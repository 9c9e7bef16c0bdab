@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(1))) struct WiFiTests {
        private static let note: esp_event_handler_t = { notes, base, id, _ in
            Notes.at(notes).note(String(cString: base!) + " \(id)")
        }

        private func station(_ name: String) -> wifi_config_t {
            var config = wifi_config_t()
            withUnsafeMutableBytes(of: &config.sta.ssid) { $0.copyBytes(from: name.utf8) }
            return config
        }

        @Test func aStationStartsConnectsAndGoesInEvents() {
            let notes = Notes()
            #expect(esp_event_loop_create_default() == ESP_OK)
            esp_event_handler_register(WIFI_EVENT, -1, Self.note, notes.pointer)
            esp_event_handler_register(IP_EVENT, -1, Self.note, notes.pointer)
            let netif = esp_netif_create_default_wifi_sta()
            var initial = wifi_init_config_t()
            #expect(esp_wifi_init(&initial) == ESP_OK)
            #expect(esp_wifi_connect() == ESP_ERR_WIFI_BASE + 2)  // NOT_STARTED
            #expect(esp_wifi_start() == ESP_OK)
            #expect(esp_wifi_connect() == ESP_ERR_WIFI_BASE + 10)  // SSID
            var config = self.station("home")
            #expect(esp_wifi_set_config(WIFI_IF_AP, &config) == ESP_ERR_WIFI_BASE + 4)
            #expect(esp_wifi_set_config(WIFI_IF_STA, &config) == ESP_OK)
            #expect(esp_wifi_connect() == ESP_OK)
            #expect(esp_netif_is_netif_up(netif))
            var record = wifi_ap_record_t()
            #expect(esp_wifi_sta_get_ap_info(&record) == ESP_OK)
            #expect(esp_wifi_deinit() == ESP_ERR_WIFI_BASE + 3)  // NOT_STOPPED
            #expect(esp_wifi_stop() == ESP_OK)
            #expect(!esp_netif_is_netif_up(netif))
            #expect(esp_wifi_sta_get_ap_info(&record) == ESP_ERR_WIFI_BASE + 15)  // NOT_CONNECT
            #expect(esp_wifi_deinit() == ESP_OK)
            #expect(esp_wifi_start() == ESP_ERR_WIFI_BASE + 1)  // NOT_INIT
            #expect(esp_event_loop_delete_default() == ESP_OK)
            let events = [
                "WIFI_EVENT 2", "WIFI_EVENT 4", "IP_EVENT 0", "WIFI_EVENT 5", "WIFI_EVENT 3",
            ]
            #expect(notes.all == events)
        }
    }
}
