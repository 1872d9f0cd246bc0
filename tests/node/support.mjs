// What the tests share: where the fixtures are, and a browser that may not touch the network.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import process from 'node:process'

const folder = process.env.PLIMSOLL_FIXTURES
if (!folder) throw new Error('PLIMSOLL_FIXTURES must name the folder that Plimsoll.Fixtures wrote')

export const fixture = (...parts) => join(folder, ...parts)
export const fixtureUrl = (...parts) => pathToFileURL(fixture(...parts)).href

const here = fileURLToPath(new URL('.', import.meta.url))
export const modules = join(here, 'node_modules')

// The only block of a language with these words on a page of the manual; one that says it is not run is none.
export function pageBlock(page, language, words) {
  const text = readFileSync(join(here, '..', '..', 'docs', `${page}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)]
    .filter(([, info, block]) => info === language && block.includes(words))
  if (blocks.length !== 1) throw new Error(`docs/${page}.md has ${blocks.length} such blocks of ${language}`)
  return blocks[0][2]
}

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

// For the `skip` option of a test: false, or why it cannot run here.
export const withoutBrowser = chromium ? false : 'chromium is not installed (apt-get install chromium)'

export async function launch() {
  const { chromium: engine } = await import('playwright-core')
  // Chromium's sandbox needs rights that root in a container does not have.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return engine.launch({ executablePath: chromium, args })
}

// A page that notes all it says and asks for. Requests to anything but files are refused and noted.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  // A machine that is busy otherwise is no failure.
  context.setDefaultTimeout(180_000)
  const page = await context.newPage()
  const said = []
  const asked = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', error => said.push(String(error)))
  await context.route(address => address.protocol !== 'file:', route => {
    asked.push(route.request().url())
    return route.abort()
  })
  await page.goto(url)
  return { page, context, said, asked }
}

// The made-up reports of Plimsoll.Fixtures.
export const reports = ['small', 'table', 'sweep', 'both', 'limit-zero', 'no-scale']
export const reportAt = name => fixtureUrl('report', name, 'report.html')

// One browser for the tests of a file: `before(start)`, `after(stop)`. `withReport` opens a report, hands it over and
// puts it away.
export function sharedBrowser() {
  let shared
  return {
    start: async () => {
      if (!withoutBrowser) shared = await launch()
    },
    stop: () => shared?.close(),
    browser: () => shared,
    withReport: async (name, options, look) => {
      const opened = await open(shared, reportAt(name), options)
      try {
        await look(opened.page, opened)
      } finally {
        await opened.context.close()
      }
    }
  }
}

// Smallest contrast (WCAG 2.1) of visible text, of a selector's elements if one is given, against what is behind it:
// the nearest ground that is no glass, and in a plot the squares of a matrix laid over it.
export const contrast = (page, selector) => page.evaluate(selector => {
  const channels = colour => {
    const found = /rgba?\(([^)]+)\)/.exec(colour)
    return found ? found[1].split(/[ ,/]+/).map(Number) : [0, 0, 0, 0]
  }
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor)
      if (colour[3] === undefined || colour[3] === 1) return colour
    }
    return [255, 255, 255]
  }
  const behind = element => {
    const base = ground(element)
    const square = element.previousElementSibling
    if (!square?.matches('.better, .worse')) return base
    const style = getComputedStyle(square)
    const share = Number(style.fillOpacity)
    return channels(style.fill).slice(0, 3).map((c, i) => share * c + (1 - share) * base[i])
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const seen = new Set()
  let worst = { ratio: Infinity }
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.data.trim() || seen.has(element) || element.closest('title, script, select, datalist')) continue
    if (selector ? !element.closest(selector) : false) continue
    if (!element.checkVisibility()) continue
    seen.add(element)
    const style = getComputedStyle(element)
    const ink = channels(element.closest('svg') ? style.fill : style.color)
    const [a, b] = [ink, behind(element)].map(luminance)
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < worst.ratio) worst = { ratio, text: node.data.trim().slice(0, 60), of: element.getAttribute('class') }
  }
  return { ...worst, seen: seen.size }
}, selector)
