import FaultKit
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import FaultServer

@Suite struct EditionsTests {
    private let watch = Hashing.Watch()

    private func content(_ stamp: String = "1", name: String = "a.bin") -> Representation {
        Representation(
            image: Image(name: name, source: Repeated(7, count: 100_000)), stamp: stamp, modified: 0
        )
    }

    private func matches(_ ids: Int..., least: Int = 0) throws -> [Match] {
        try ids.map {
            Match(image: try .image(Hashing(self.watch, least: least), id: $0), seed: 1)
        }
    }

    private func bytes(_ edition: Edition) throws -> [UInt8] {
        let image = try edition.image.get()
        return try image.bytes(in: 0..<image.count)
    }

    @Test func anEditionIsMadeOnceForItsContentAndRules() throws {
        let editions = Editions()
        let first = try editions.make(of: self.content(), by: self.matches(0))
        for _ in 0..<10 {
            let again = try editions.make(of: self.content(), by: self.matches(0))
            #expect(try self.bytes(again) == self.bytes(first))
            #expect(try editions.find(of: self.content(), by: self.matches(0)) != nil)
        }
        #expect(self.watch.edited == ["a.bin"])
        #expect(first.changes.map(\.detail) == ["a.bin, 100,000 → 100,008 bytes"])
        let others = [
            try editions.make(of: self.content("2"), by: self.matches(0)),
            try editions.make(of: self.content(name: "b.bin"), by: self.matches(0)),
            try editions.make(of: self.content(), by: self.matches(1)),
            try editions.make(of: self.content(), by: self.matches(0, 1)),
        ]
        #expect(self.watch.edited == ["a.bin", "a.bin", "b.bin", "a.bin", "a.bin", "a.bin"])
        #expect(try self.bytes(others[2]) != self.bytes(first), "dice of another rule")
        #expect(others[3].changes.map(\.rule.id) == [0, 1])
    }

    @Test func noMoreThanSoManyAreKeptAndThoseThatAreUsedStay() throws {
        let editions = Editions()
        let matches = try self.matches(0)
        for number in 0..<Editions.limit + 20 {
            _ = editions.make(of: self.content("\(number)"), by: matches)
            #expect(editions.find(of: self.content("0"), by: matches) != nil)
        }
        let kept = (0..<Editions.limit + 20).filter {
            editions.find(of: self.content("\($0)"), by: matches) != nil
        }
        #expect(kept == [0] + Array(21..<Editions.limit + 20))
    }

    @Test func anErrorNamesTheRuleAndThereAreNoChanges() throws {
        let good = Match(image: try .image(Hashing(self.watch), id: 0), seed: 1)
        let bad = Match(
            image: try .image(Hashing(self.watch, least: 200_000), id: 1, "path=/*"), seed: 1)
        let edition = Editions().make(of: self.content(), by: [good, bad])
        #expect(edition.changes.isEmpty, "nobody gets what the first made of it")
        #expect(
            edition.failure?.description == "rule 'hashing when.path=/*' cannot edit a.bin: "
                + "it has 100008 bytes; offer one of 200000")
    }

    @Test(.timeLimit(.minutes(5)))
    func whatCouldNotBeReadIsReadAgainByTheNextWhoAsks() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let (editions, source) = (Editions(), Flaky(failures: 3))
        let content = Representation(
            image: Image(name: "a.bin", source: source), stamp: "1", modified: 0)
        let matches = try self.matches(0)
        for _ in 0..<2 {
            let failed = try await editions.make(
                of: content, by: matches, on: pool, for: group.next()
            ).get()
            #expect(
                failed.failure?.description == "rule 'hashing' cannot edit a.bin: no answer")
            #expect(editions.find(of: content, by: matches) == nil)
        }
        #expect(editions.make(of: content, by: matches).failure != nil)
        let made = try await editions.make(
            of: content, by: matches, on: pool, for: group.next()
        ).get()
        #expect(made.failure == nil)
        #expect(editions.find(of: content, by: matches) != nil)
        #expect(self.watch.edited.count == 4)
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
    }

    @Test func aRuleThatChangesNothingIsNoChange() throws {
        let matches = [Match(image: try .image(Idle()), seed: 1)]
        let edition = Editions().make(of: self.content(), by: matches)
        #expect(edition.changes.isEmpty)
        #expect(try edition.image.get().edits == 0)
    }

    @Test func aRuleThatWritesWhatIsThereIsNoChange() throws {
        let matches = try [Writing(9), Writing(7), Writing(7)].enumerated().map { id, fault in
            Match(image: try .image(fault, id: id), seed: 1)
        }
        let same = Editions().make(of: self.content(), by: [matches[1]])
        #expect(same.changes.isEmpty)
        #expect(try same.image.get().edits == 0, "the entity tag of the honest image")
        let all = Editions().make(of: self.content(), by: matches)
        #expect(all.changes.map(\.rule.id) == [0, 1], "the last writes what the second wrote")
    }

    @Test func handsTheSignerInWithTheImage() throws {
        struct Signer: ImageSigner {
            let hasOwnKey = true
            func signatureBlock(
                for digest: [UInt8], by signatory: Signatory, replacing old: [UInt8]? = nil
            ) throws -> [UInt8] {
                digest
            }
        }
        struct Signing: ImageFault {
            static let manual = Manual(name: "signing", summary: "signs", requirement: "None.")
            init(_ knobs: inout Knobs) throws {}
            init() {}
            func edit(_ image: inout Image, using dice: inout Dice) throws {
                let block = try image.signer?.signatureBlock(for: [1, 2], by: .own, replacing: nil)
                image.replace(0..<0, with: block ?? [])
            }
        }
        let matches = [Match(image: try .image(Signing()), seed: 1)]
        let edition = Editions(signer: Signer()).make(of: self.content(), by: matches)
        #expect(try self.bytes(edition).starts(with: [1, 2, 7]))
        let unsigned = Editions().make(of: self.content(), by: matches)
        #expect(try self.bytes(unsigned).starts(with: [7]))
    }

    @Test(.timeLimit(.minutes(5)))
    func manyWhoAskAtOnceWaitForOneAndBlockNoLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        let editions = Editions()
        let matches = try self.matches(0)
        self.watch.hold()
        let futures = (0..<50).map { _ in
            editions.make(of: self.content(), by: matches, on: pool, for: group.next())
        }
        #expect(self.watch.waitForEdit())
        #expect(editions.find(of: self.content(), by: matches) == nil)
        for loop in group.makeIterator() { try await loop.submit {}.get() }
        self.watch.letGo()
        for future in futures { #expect(try await future.get().changes.count == 1) }
        let late = editions.make(of: self.content(), by: matches, on: pool, for: group.next())
        #expect(try await late.get().changes.count == 1)
        #expect(self.watch.edited == ["a.bin"])
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
    }

    @Test(.timeLimit(.minutes(5)))
    func aPoolThatHasStoppedEditsNothingAndKeepsNobodyWaiting() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        let editions = Editions()
        let edition = try await editions.make(
            of: self.content(), by: self.matches(0), on: pool, for: group.next()
        ).get()
        #expect(edition.failure?.description.contains("stops") == true)
        #expect(try editions.find(of: self.content(), by: self.matches(0)) == nil)
        #expect(self.watch.edited.isEmpty)
        try await group.shutdownGracefully()
    }
}

/// Writes one byte.
private struct Writing: ImageFault {
    static let manual = Manual(name: "writing", summary: "writes", requirement: "None.")
    let byte: UInt8
    init(_ knobs: inout Knobs) throws { self.byte = 0 }
    init(_ byte: UInt8) { self.byte = byte }
    func edit(_ image: inout Image, using dice: inout Dice) throws {
        image.replace(50..<51, with: [self.byte])
    }
}

/// A file on a network that does not answer at first.
private final class Flaky: ByteSource {
    let count = 1_000
    let fingerprint: UInt64 = 1
    private let failures: NIOLockedValueBox<Int>

    init(failures: Int) { self.failures = NIOLockedValueBox(failures) }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        let fails = self.failures.withLockedValue { left in
            left -= 1
            return left >= 0
        }
        if fails { throw ImageError("no answer") }
        buffer.initializeMemory(as: UInt8.self, repeating: 5)
        return true
    }
}
