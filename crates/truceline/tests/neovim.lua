-- Drives Neovim's own language client against `truceline terms serve-editor`, in the buffer of a real agreement.
-- Run by neovim.rs: nvim --headless -u NONE -c "luafile neovim.lua", in a copy of a mission folder.
local function say(text) io.stdout:write(text .. '\n') end

local function find(text, from)
  for n, line in ipairs(vim.api.nvim_buf_get_lines(0, from or 0, -1, false)) do
    local at = line:find(text, 1, true)
    if at then return n + (from or 0), at - 1, line end
  end
  error('no line holds ' .. text)
end

-- Puts the cursor on `word` in the line that holds `text`.
local function cursor(text, word)
  local row, _, line = find(text)
  local start = line:find(text, 1, true)
  local at = line:find(word, start, true)
  vim.api.nvim_win_set_cursor(0, { row, at - 1 })
end

local function until_true(what, holds)
  if not vim.wait(20000, holds, 20) then error('never: ' .. what) end
end

local function count(severity)
  return #vim.diagnostic.get(0, severity and { severity = severity } or nil)
end

local function run()
  vim.o.hidden = true
  vim.cmd('edit agreement.md')
  local buffer = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({
    name = 'truceline',
    cmd = { vim.env.TRUCELINE, 'terms', 'serve-editor' },
    root_dir = vim.fn.getcwd(),
  })
  assert(id and vim.lsp.buf_attach_client(buffer, id), 'the client starts')
  local client = vim.lsp.get_client_by_id(id)
  until_true('initialized', function() return client.server_capabilities and client.initialized end)

  local E, W = vim.diagnostic.severity.ERROR, vim.diagnostic.severity.WARN
  until_true('first diagnostics', function() return count(W) > 0 end)
  assert(count(E) == 0, 'the shipped agreement has no error')
  -- A fault after Arabic and Russian on one line: the client turns UTF-16 units into its own bytes.
  local row = find('settles held-by')
  local bad = 'settles place "P" ar="سجلات" ru="Журналы" for shellng'
  vim.api.nvim_buf_set_lines(buffer, row - 1, row - 1, false, { bad })
  until_true('an error', function() return count(E) == 1 end)
  local fault = vim.diagnostic.get(0, { severity = E })[1]
  assert(fault.lnum == row - 1 and fault.col == bad:find('shellng', 1, true) - 1, vim.inspect(fault))
  assert(fault.message:find('did you mean "shelling"', 1, true), fault.message)
  say('ok diagnostics')

  cursor('for shellng', 'shellng')
  local context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer) }
  local parameters = vim.lsp.util.make_range_params()
  parameters.context = context
  local answer = vim.lsp.buf_request_sync(buffer, 'textDocument/codeAction', parameters, 10000)
  local action = answer[id].result[1]
  assert(action.title == 'Change to shelling', vim.inspect(answer))
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  until_true('the error is gone', function() return count(E) == 0 end)
  assert(vim.api.nvim_buf_get_lines(buffer, row - 1, row, false)[1] == bad:gsub('shellng', 'shelling'))
  vim.api.nvim_buf_set_lines(buffer, row - 1, row, false, {})
  say('ok quick fix')

  cursor('clause government-fire', 'government-fire')
  vim.lsp.buf.hover()
  local function float()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then return window end
    end
  end
  until_true('a hover window', float)
  local shown = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float()), 0, -1, false), '\n')
  assert(shown:find('stop attacks with any weapons', 1, true) and shown:find('إطلاق النار', 1, true), shown)
  vim.api.nvim_win_close(float(), true)
  say('ok hover')

  cursor('except self-defence gives not-prohibited when found', 'self-defence-claimed')
  vim.lsp.buf.definition()
  local given = find('claim self-defence-claimed')
  until_true('the cursor at the claim', function() return vim.api.nvim_win_get_cursor(0)[1] == given end)
  cursor('calm calm-aleppo', 'zone-aleppo-city')
  vim.lsp.buf.definition()
  until_true('the map is open', function() return vim.fn.expand('%:t') == 'areas.geojson' end)
  assert(vim.api.nvim_get_current_line():find('"id":"zone-aleppo-city"', 1, true))
  vim.cmd('buffer ' .. buffer)
  say('ok definition')

  cursor('claim self-defence-claimed', 'self-defence-claimed')
  vim.lsp.buf.references()
  until_true('a list of places', function() return #vim.fn.getqflist() >= 3 end)
  vim.cmd('cclose')
  say('ok references')

  local at = find('duty political')
  vim.api.nvim_buf_set_lines(buffer, at, at, false, { 'applies in zone-al' })
  vim.api.nvim_win_set_cursor(0, { at + 1, #'applies in zone-al' - 1 })
  -- As docs/editor.md says: names of the terms have hyphens in them.
  vim.bo.iskeyword = vim.bo.iskeyword .. ',-'
  vim.o.completeopt = 'menuone,noinsert'
  vim.bo.omnifunc = 'v:lua.vim.lsp.omnifunc'
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes('A<C-x><C-o>', true, false, true), 'n', false)
  local words = {}
  local timer = vim.loop.new_timer()
  -- Insert mode is left once the menu is there: until then the keys are typed by hand.
  timer:start(50, 50, vim.schedule_wrap(function()
    if vim.fn.pumvisible() == 1 then
      for _, item in ipairs(vim.fn.complete_info({ 'items' }).items) do words[item.word] = true end
      timer:stop()
      vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes('<C-y><Esc>', true, false, true), 'n', false)
    end
  end))
  vim.defer_fn(function()
    if timer:is_active() then
      timer:stop()
      vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes('<Esc>', true, false, true), 'n', false)
    end
  end, 15000)
  vim.api.nvim_feedkeys('', 'x!', false)
  assert(words['zone-aleppo-city'], vim.inspect(words))
  assert(vim.api.nvim_buf_get_lines(buffer, at, at + 1, false)[1] == 'applies in zone-aleppo-city')
  vim.api.nvim_buf_set_lines(buffer, at, at + 1, false, {})
  say('ok completion')

  local function lines(text)
    local n = 0
    for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
      local _, here = line:gsub(text:gsub('%-', '%%-'), '')
      n = n + here
    end
    return n
  end
  local before = lines('self-defence-claimed')
  cursor('claim self-defence-claimed', 'self-defence-claimed')
  vim.lsp.buf.rename('said-so')
  until_true('renamed', function() return lines('said-so') == before end)
  assert(lines('self-defence-claimed') == 0)
  say('ok rename')

  cursor('told russia on', 'russia')
  local refused = vim.lsp.util.make_position_params()
  refused.newName = 'moscow'
  local no = vim.lsp.buf_request_sync(buffer, 'textDocument/rename', refused, 10000)[id]
  assert(no.error and no.error.message:find('has its id from actors.csv', 1, true), vim.inspect(no))
  assert(lines('moscow') == 0)
  say('ok refusal')

  local one = find('party government-side')
  local good = vim.api.nvim_buf_get_lines(buffer, one - 1, one, false)[1]
  vim.api.nvim_buf_set_lines(buffer, one - 1, one, false, { '  party   "government-side"  whose-forces-are government-forces\tallied-forces', '', '' })
  local whole = vim.lsp.buf_request_sync(buffer, 'textDocument/formatting', vim.lsp.util.make_formatting_params(), 10000)
  vim.lsp.util.apply_text_edits(whole[id].result, buffer, client.offset_encoding)
  assert(vim.api.nvim_buf_get_lines(buffer, one - 1, one, false)[1] == good)
  assert(vim.api.nvim_buf_get_lines(buffer, one + 1, one + 2, false)[1]:find('^party opposition'))
  until_true('no error at the end', function() return count(E) == 0 end)
  say('ok formatting')

  client.stop()
  until_true('the server took leave', function() return client.is_stopped() end)
end

local good, fault = xpcall(run, debug.traceback)
if not good then
  say('FAILED ' .. tostring(fault))
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
