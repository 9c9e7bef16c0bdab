@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// Whatever lies in the flash or comes from the network, the board says yes or no and goes on. Under a
    /// sanitizer a bad access ends the test. The seeds are fixed.
    @Suite(.timeLimit(.minutes(5))) struct FuzzTests {
        private static let seeds = UInt64(1)...6
        private static let rounds = 250

        /// An image in a slot is accepted if, and only if, the other reader of images that we have finds no flaw.
        @Test(arguments: seeds)
        func imagesAreJudgedAsFirmwareImageJudgesThem(seed: UInt64) throws {
            var numbers = SplitMix64(seed: seed)
            var recipe = AppImageRecipe(project: "lamp", version: "1", size: 2048)
            recipe.segments = 5
            let good = try recipe.image().bytes
            var (accepted, refused, judged) = (0, 0, 0)
            try Bench.with { bench in
                bench.preset(.twoOTA)
                for round in 0..<Self.rounds {
                    var file = good
                    numbers.mutate(&file, within: round % 2 == 0 ? 48 : file.count)
                    if round % 3 > 0 { Self.seal(&file) }
                    let slot = file + [UInt8](repeating: 0xFF, count: 1 << 14)
                    bench.preset(Fixture.slots[0], slot)
                    var image = image_t()
                    let error = image_verify(
                        Fixture.slots[0], 1 << 20, IMAGE_BY_APP, false, &image)
                    if error == ESP_OK { accepted += 1 } else { refused += 1 }
                    let log = bench.log
                    let flaws = try AppImageInspection(of: slot).checks.filter { $0.flaw != nil }
                    // Which chip the board has is not in the file; and of load addresses the app looks at
                    // their alignment only.
                    guard !log.contains("boot_comm:"),
                        !flaws.contains(where: { $0.name == "load addresses" })
                    else { continue }
                    judged += 1
                    let isSound = flaws.allSatisfy { Self.unseen.contains($0.name) }
                    #expect((error == ESP_OK) == isSound, "round \(round): \(flaws) \(log)")
                }
            }
            #expect(
                accepted > 20 && refused > 50 && judged > 200, "\(accepted) \(refused) \(judged)")
        }

        /// What no one looks at when an image is verified.
        private static let unseen: Set = ["app descriptor", "directive", "entry address"]

        /// Makes an image's checksum and digest right, if it can be followed that far.
        private static func seal(_ file: inout [UInt8]) {
            guard let map = try? AppImageMap(of: file) else { return }
            _ = try? map.reseal(&file, .full)
        }

        @Test(arguments: seeds)
        func anyPartitionTableBootsOrDoesNot(seed: UInt64) throws {
            var numbers = SplitMix64(seed: seed)
            var (booted, refused) = (0, 0)
            try Bench.with { bench in
                bench.furnish()
                for round in 0..<Self.rounds {
                    var table = PartitionTable.twoOTA
                    var bytes = table.bytes
                    numbers.mutate(&bytes, within: 230)
                    if round % 2 == 0 {
                        table = PartitionTable(reading: bytes)
                        table.reseal()
                        bytes = table.bytes
                    }
                    bytes = Array(bytes.prefix(4096))
                    bench.preset(
                        0x8000, bytes + [UInt8](repeating: 0xFF, count: 4096 - bytes.count))
                    if bench.boot() == nil { refused += 1 } else { booted += 1 }
                    _ = bench.log
                }
            }
            #expect(booted > 10 && refused > 10, "\(booted) booted, \(refused) did not")
        }

        /// Behind any bytes a store can be opened or erased, and then keeps values.
        @Test(arguments: seeds)
        func anyBytesAreAStoreOrAreErased(seed: UInt64) throws {
            var numbers = SplitMix64(seed: seed)
            try Bench.with { bench in
                bench.preset(.twoOTA)
                #expect(partition_table_load() == ESP_OK)
                // A store with some history.
                #expect(nvs_flash_init() == ESP_OK)
                for count in 0..<40 { self.set(count) }
                nvs_flash_deinit()
                let good = bench.read(0x9000, 0x4000)
                for round in 0..<Self.rounds / 5 {
                    var bytes = good
                    numbers.mutate(&bytes, within: round % 2 == 0 ? 256 : bytes.count)
                    if round % 10 == 9 { bytes = numbers.bytes(0x4000) }
                    bytes = Array(bytes.prefix(0x4000))
                    bench.preset(
                        0x9000, bytes + [UInt8](repeating: 0xFF, count: 0x4000 - bytes.count))
                    if nvs_flash_init() != ESP_OK {
                        #expect(nvs_flash_erase() == ESP_OK)
                        #expect(nvs_flash_init() == ESP_OK)
                    }
                    self.set(round)
                    #expect(self.get() == "value \(round)")
                    nvs_flash_deinit()
                }
            }
        }

        private func set(_ number: Int) {
            var handle: nvs_handle_t = 0
            #expect(nvs_open("space", NVS_READWRITE, &handle) == ESP_OK)
            #expect(nvs_set_str(handle, "text", "value \(number)") == ESP_OK)
            #expect(nvs_set_u32(handle, "number", UInt32(number)) == ESP_OK)
            #expect(nvs_commit(handle) == ESP_OK)
            nvs_close(handle)
        }

        private func get() -> String {
            var handle: nvs_handle_t = 0
            guard nvs_open("space", NVS_READONLY, &handle) == ESP_OK else { return "" }
            defer { nvs_close(handle) }
            var text = [CChar](repeating: 0, count: 64)
            var length = text.count
            guard nvs_get_str(handle, "text", &text, &length) == ESP_OK else { return "" }
            return String(
                decoding: text.prefix(length - 1).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        @Test(arguments: seeds)
        func anyURLIsTakenOrRefused(seed: UInt64) throws {
            var numbers = SplitMix64(seed: seed)
            let urls = [
                "https://user:pass@127.0.0.1:8070/a/b.bin?x=1#f", "http://[::1]:80/", "/path",
                "https://localhost", "ftp://host/x", "//host/x",
            ]
            let client = try #require(HTTPClient("http://127.0.0.1:1/"))
            for round in 0..<Self.rounds {
                var url = Array(urls[round % urls.count].utf8)
                numbers.mutate(&url, within: url.count)
                url.removeAll { $0 == 0 }
                _ = url.withUnsafeBufferPointer { bytes in
                    String(decoding: bytes, as: UTF8.self).withCString {
                        esp_http_client_set_url(client.handle, $0)
                    }
                }
                var back = [CChar](repeating: 0, count: 256)
                _ = esp_http_client_get_url(client.handle, &back, Int32(back.count))
            }
        }

        /// Responses that are broken in any way end with a result, and no later than the time-out.
        @Test(arguments: seeds)
        func anyResponseEnds(seed: UInt64) throws {
            var numbers = SplitMix64(seed: seed)
            let heads = [
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\nETag: \"x\"\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10;e=1\r\n0123456789abcdef\r\n"
                    + "0\r\nTrailer: x\r\n\r\n",
                "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n0123456789",
            ]
            let responses = (0..<Self.rounds / 5).map { round -> [UInt8] in
                var response = Array(
                    (heads[round % heads.count] + String(repeating: "y", count: 60)).utf8)
                numbers.mutate(&response, within: round % 2 == 0 ? 120 : response.count)
                return response
            }
            let server = try ResponseServer(responses)
            for _ in responses {
                let client = try #require(
                    HTTPClient("http://127.0.0.1:\(server.port)/", timeout: 2000))
                guard client.start() >= 0 else { continue }
                let (last, _, bytes) = client.readAll(by: 64)
                #expect(last <= 0 && bytes < 10_000)
            }
        }
    }
}

/// Answers each connection with the next of some responses, and closes.
private final class ResponseServer: Sendable {
    let port: UInt16
    private let listener: Int32

    init(_ responses: [[UInt8]]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isBound)
        self.listener = listener
        self.port = UInt16(bigEndian: address.sin_port)
        let thread = Thread {
            for response in responses {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &request, request.count, 0)
                _ = response.withUnsafeBytes {
                    Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                shutdown(connection, Int32(SHUT_WR))
                // Until the client has closed, so that no RST takes what it has not read.
                while recv(connection, &request, request.count, 0) > 0 {}
                close(connection)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(self.listener, Int32(SHUT_RDWR))
        close(self.listener)
    }
}

extension SplitMix64 {
    /// One to four changes, most of them at the beginning of the bytes.
    fileprivate mutating func mutate(_ bytes: inout [UInt8], within limit: Int) {
        let numbers: [UInt32] = [
            0, 1, 4, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFC, 0x00FF_FFFC, 0x3F40_0020,
        ]
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<min(limit, bytes.count), using: &self)
            let count = Int.random(in: 0...min(32, bytes.count - place), using: &self)
            switch Int.random(in: 0..<8, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.removeSubrange(place..<place + count)
            case 2: bytes.insert(contentsOf: bytes[place..<place + count], at: place)
            case 3: bytes.removeLast(Int.random(in: 0...bytes.count / 8, using: &self))
            case 4:
                let number = numbers[Int.random(in: 0..<numbers.count, using: &self)]
                for index in 0..<4 where place / 4 * 4 + index < bytes.count {
                    bytes[place / 4 * 4 + index] = UInt8(
                        truncatingIfNeeded: number >> (8 * UInt32(index)))
                }
            default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            }
        }
    }
}
