import FaultKit
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Edited images, each made once and kept: an image fault may read the whole image, which no request
/// should wait for.
///
/// The dice of image faults depend on the seed and the rule alone, so the same rules make the same of
/// the same content for whoever asks. An edition keeps the file that it was made of open.
final class Editions: Sendable {
    /// The most editions that are kept.
    static let limit = 64

    private struct Key: Hashable {
        let name: String
        let stamp: String
        let rules: [Int]

        init(_ representation: Representation, _ matches: [Match]) {
            self.name = representation.image.name
            self.stamp = representation.stamp
            self.rules = matches.map(\.rule.id)
        }
    }

    private enum Entry {
        /// With those who wait for it.
        case making([EventLoopPromise<Edition>])
        /// With the count of uses when it was last used.
        case made(Edition, used: Int)

        var waiting: [EventLoopPromise<Edition>] {
            if case .making(let waiting) = self { waiting } else { [] }
        }
    }

    private struct Shelf {
        var entries: [Key: Entry] = [:]
        var uses = 0

        mutating func take(_ key: Key) -> Edition? {
            guard case .made(let edition, _) = self.entries[key] else { return nil }
            self.put(edition, at: key)
            return edition
        }

        mutating func put(_ edition: Edition, at key: Key) {
            self.uses += 1
            self.entries[key] = .made(edition, used: self.uses)
        }

        /// Makes room for as many as there may be.
        mutating func trim() {
            while self.entries.count > Editions.limit {
                let uses = self.entries.compactMap { key, entry -> (key: Key, used: Int)? in
                    if case .made(_, let used) = entry { (key, used) } else { nil }
                }
                guard let oldest = uses.min(by: { $0.used < $1.used }) else { return }
                self.entries[oldest.key] = nil
            }
        }
    }

    private let signer: (any ImageSigner)?
    private let shelf = NIOLockedValueBox(Shelf())

    /// - Parameter signer: handed to image faults with the image.
    init(signer: (any ImageSigner)? = nil) { self.signer = signer }

    /// The edition, if it is there.
    func find(of representation: Representation, by matches: [Match]) -> Edition? {
        self.shelf.withLockedValue { $0.take(Key(representation, matches)) }
    }

    /// The edition, made on this thread if it is not there.
    func make(of representation: Representation, by matches: [Match]) -> Edition {
        if let edition = self.find(of: representation, by: matches) { return edition }
        let edition = self.edit(representation, matches)
        self.keep(edition, at: Key(representation, matches))
        return edition
    }

    /// The edition, made on a thread of the pool if it is not there. Whoever asks meanwhile waits for
    /// that one.
    /// - Returns: a future that never fails.
    func make(
        of representation: Representation, by matches: [Match], on pool: NIOThreadPool,
        for loop: any EventLoop
    ) -> EventLoopFuture<Edition> {
        let key = Key(representation, matches)
        let promise = loop.makePromise(of: Edition.self)
        let (edition, isFirst) = self.shelf.withLockedValue { shelf -> (Edition?, Bool) in
            switch shelf.entries[key] {
            case .made:
                return (shelf.take(key), false)
            case .making(let waiting):
                shelf.entries[key] = .making(waiting + [promise])
                return (nil, false)
            case nil:
                shelf.entries[key] = .making([promise])
                return (nil, true)
            }
        }
        if let edition { promise.succeed(edition) }
        guard isFirst else { return promise.futureResult }
        pool.submit { state in
            switch state {
            case .active: self.keep(self.edit(representation, matches), at: key)
            case .cancelled:
                let error = ImageError("the server stops and edits no image any more")
                self.keep(Edition(failure: error), at: key)
            }
        }
        return promise.futureResult
    }

    private func edit(_ representation: Representation, _ matches: [Match]) -> Edition {
        var image = representation.image
        image.signer = self.signer
        return Edition(of: image, by: matches)
    }

    /// Hands an edition to those who wait, and keeps it unless it failed: the cause may be gone by the
    /// next time, as with a disk or a network that did not answer, and whoever asks then tries again.
    private func keep(_ edition: Edition, at key: Key) {
        let waiting = self.shelf.withLockedValue { shelf in
            let entry = shelf.entries.removeValue(forKey: key)
            if edition.failure == nil {
                shelf.put(edition, at: key)
                shelf.trim()
            }
            return entry?.waiting ?? []
        }
        for promise in waiting { promise.succeed(edition) }
    }
}
