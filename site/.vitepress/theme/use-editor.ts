/** An editor that is loaded when it is first wanted: most readers only read. */
import { onBeforeUnmount, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Editor, EditorOptions } from '../../editor/editor.ts';

export function useEditor(host: Ref<HTMLElement | null>): { editor: ShallowRef<Editor | null>; open: (options: Omit<EditorOptions, 'parent'>) => Promise<Editor> } {
  const editor = shallowRef<Editor | null>(null);
  onBeforeUnmount(() => editor.value?.destroy());
  return {
    editor,
    open: async options => {
      const { createEditor } = await import('../../editor/editor.ts');
      return (editor.value ??= createEditor({ ...options, parent: host.value! }));
    },
  };
}
